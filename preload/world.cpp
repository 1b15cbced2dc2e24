#include "preload/world.hpp"

#include <linux/futex.h>

#include "preload/own.hpp"
#include "preload/system.hpp"

namespace inturn::preload {

bool world::wake(std::atomic<std::uint32_t>& parked) const {
  // Shared between processes: never a private futex.
  return sys::call(SYS_futex, &parked, FUTEX_WAKE, 1, nullptr, nullptr, 0) > 0;
}

std::uint32_t my_pid_namespace() {
  auto& cached = own()->pid_namespace;
  // For people: any staleness is legal.
  std::uint32_t seen = cached.load(std::memory_order_relaxed);
  if (seen != 0) return seen;
  struct stat entry {};
  if (sys::look_at("/proc/self/ns/pid", entry, true) == 0)
    seen = static_cast<std::uint32_t>(entry.st_ino);
  cached.store(seen, std::memory_order_relaxed);
  return seen;
}

bool is_quiet(const region::layout& at) {
  const table::counters& c = at.header.counters;
  for (std::uint32_t s = 0; s < table::used_summary_words; ++s) {
    for (auto groups = c.used_summary[s].load(); groups != 0; groups &= groups - 1) {
      const auto group = s * 64 + static_cast<std::uint32_t>(std::countr_zero(groups));
      for (auto lanes = c.used[group].load(); lanes != 0; lanes &= lanes - 1) {
        const auto lane = group * 64 + static_cast<std::uint32_t>(std::countr_zero(lanes));
        for (const auto& word : at.lanes[lane].words) {
          const table::state s_now = table::state_of(word.load());
          if (s_now != table::state::free && s_now != table::state::died) return false;
        }
      }
    }
  }
  return true;
}

bool is_somebody_there(const side_region& side, const table::request& asked) {
  world w(side);
  bool found = false;
  table::for_each_request(w, [&](table::slot_id id, table::word v) {
    if (!table::is_live(v) && table::state_of(v) != table::state::entering) return true;
    table::extent where;
    // One that has moved on under our eyes is taken for one that is there: a closer look will tell.
    found = table::modes_conflict(table::mode_of(v), asked.mode) &&
            (!table::read_extent(w, id, v, where) || table::overlap(where, asked.where));
    return !found;
  });
  return found;
}

}  // namespace inturn::preload
