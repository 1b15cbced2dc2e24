#include "lock/turn.hpp"

#include <algorithm>
#include <utility>

namespace inturn::lock {

void turn::sleep(std::atomic<std::uint32_t>& parked, const table::survey& seen) {
  std::uint64_t wake_at = bound_of_sleep(seen.ahead);
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
