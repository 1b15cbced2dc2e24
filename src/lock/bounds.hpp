#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

// How long a request sleeps, and works, before it does something else: for all worlds of the protocol that
// are real (lock/turn.hpp, preload/world.hpp). Nothing here throws or allocates.

namespace inturn::lock {

/// A sleeper looks for deaths by itself after this time for each request ahead of it. The sum over a queue
/// of n grows only with log n, and some sleeper of the queue looks about every such time: any of them that
/// finds the holder dead lets the first one go.
inline std::uint64_t bound_of_sleep(std::uint32_t ahead) noexcept {
  constexpr std::uint64_t look_every_ns = 4'000'000, longest_sleep_ns = 1'000'000'000;
  return base::monotonic_ns() + std::min<std::uint64_t>(look_every_ns * ahead, longest_sleep_ns);
}

/// Whether a task takes longer than an honest table makes it (table/world.hpp).
class weariness {
 public:
  /// Reckoned from the first time of asking.
  bool has_come() noexcept {
    const std::uint64_t now = base::monotonic_ns();
    if (at_ns_ == 0) at_ns_ = now + after_ns;
    return now >= at_ns_;
  }
  /// What follows is a task of its own.
  void refresh() noexcept { at_ns_ = 0; }

 private:
  /// Clearing what a process with 10,000 requests has left takes less.
  static constexpr std::uint64_t after_ns = 50'000'000;
  std::uint64_t at_ns_ = 0;  // 0: it has not begun
};

}  // namespace inturn::lock
