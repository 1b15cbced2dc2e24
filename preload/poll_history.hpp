#pragma once

#include <atomic>
#include <cstdint>

#include "table/words.hpp"

namespace inturn::preload {

/// How a process has asked for locks on one file without waiting. Its threads share it, and what they
/// write at one time may get mixed up: then one of them is held back a little too long, or not at all.
/// (Every access is relaxed, therefore.) Times are on the monotonic clock, in ns; 0: never.
struct poll_history {
  /// Bytes, and how: what was asked for.
  struct span {
    std::atomic<std::uint64_t> first, last;
    std::atomic<std::uint32_t> mode;

    table::request read() const;
    void write(const table::request& asked);
    /// Covers that as well.
    void add(const table::request& asked);
  };

  std::atomic<std::uint64_t> failed_at;  // the last request, if it failed
  std::atomic<std::uint32_t> failures;   // tries that failed, with a pause after each
  std::atomic<std::uint64_t> since;      // when the first of these failed
  std::atomic<std::uint64_t> interval;   // the last pause
  span failed;                           // what failed last
  std::atomic<std::uint32_t> kind;       // of lock
  std::atomic<std::uint32_t> has;        // it has what began the following, still
  std::atomic<std::uint64_t> has_since;
  span began;                             // the first exclusive lock that it got when it had none
  span growing;                           // that, and those that it got while it had it
  span usual;                             // the same, of the last time that it kept it for a while
  std::atomic<std::uint64_t> had_at;      // when that ended
  std::atomic<std::uint64_t> held_at;     // when it was last held back
  std::atomic<std::uint32_t> has_let_go;  // the last thing that it did was to unlock

  void forget();
};

}  // namespace inturn::preload
