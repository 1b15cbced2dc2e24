#include "lock/turn.hpp"

#include <algorithm>
#include <utility>

#include "base/clock.hpp"

namespace inturn::lock {
namespace {

/// A sleeper looks for deaths by itself after this time for each request ahead of it. The sum over a queue
/// of n grows only with log n, and some sleeper of the queue looks about every such time: any of them that
/// finds the holder dead lets the first one go.
constexpr std::uint64_t look_every_ns = 4'000'000;
constexpr std::uint64_t longest_sleep_ns = 1'000'000'000;

/// Clearing what a process with 10,000 requests has left takes less. Reckoned from the first time of asking.
constexpr std::uint64_t weary_after_ns = 50'000'000;

}  // namespace

bool turn::weary() noexcept {
  const std::uint64_t now = base::monotonic_ns();
  if (weary_at_ns_ == 0) weary_at_ns_ = now + weary_after_ns;
  return now >= weary_at_ns_;
}

void turn::sleep(std::atomic<std::uint32_t>& parked, const table::survey& seen) {
  std::uint64_t wake_at =
      base::monotonic_ns() + std::min<std::uint64_t>(look_every_ns * seen.ahead, longest_sleep_ns);
  if (until_) wake_at = std::min(wake_at, *until_);
  wait::sleep_while(parked, 1, wake_at);
}

bool turn::watch(const table::survey& seen) {
  refresh();
  if (tell_ != nullptr && *tell_) (*tell_)(seen.ahead);
  // Only the next in line, only before its first sleep.
  const bool first_look = !std::exchange(has_watched_, true);
  if (!first_look || seen.holders != seen.ahead) return false;
  return wait::spin_while(table().word_of(seen.front.id), seen.front.seen);
}

}  // namespace inturn::lock
