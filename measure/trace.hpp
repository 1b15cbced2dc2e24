#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "measure/result.hpp"

namespace inturn::measure {

/// Spans of time that one process notes, in shared memory. When there are too many, each two neighbours
/// become one, from the first's begin to the second's end: on a time line that is the same picture.
class span_log {
 public:
  void add(std::uint64_t from_ns, std::uint64_t to_ns);
  /// As they were between these times, reckoned from the first.
  std::vector<span> between(std::uint64_t start_ns, std::uint64_t end_ns) const;
  std::uint64_t merged() const { return per_span_; }

 private:
  static constexpr std::size_t most = 400;
  void merge_neighbours();

  std::array<std::uint64_t, most> from_{}, to_{};
  std::size_t count_ = 0;
  std::uint64_t per_span_ = 1;
  std::uint64_t in_last_ = 0;  // how many the last span stands for
};

/// What one process of a trace notes.
struct process_log {
  span_log holds, waits;

  /// A wait for a grant, if it was long enough to be one: not every lock that is free is granted at once.
  void waited(std::uint64_t asked_ns, std::uint64_t granted_ns) {
    constexpr std::uint64_t shortest_ns = 10'000;
    if (granted_ns - asked_ns >= shortest_ns) waits.add(asked_ns, granted_ns);
  }
};

traced_process as_traced(const std::string& name, const std::string& role, const process_log&,
                         std::uint64_t start_ns, std::uint64_t end_ns);

}  // namespace inturn::measure
