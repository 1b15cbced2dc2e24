#pragma once

#include "lock/bounds.hpp"
#include "preload/side.hpp"
#include "table/acquire.hpp"
#include "wait/wait.hpp"

namespace inturn::preload {

/// The real world of the table's protocol (table/world.hpp), for those who look, enter, leave and clear.
/// Waiting is the callers': what ends a wait is different for the two kinds of them.
class world : public table::plain_memory {
 public:
  explicit world(const side_region& side) : side_(side) {}

  table::view table() const {
    return {&side_.at->header.counters, side_.at->lanes, table::max_lanes};
  }
  bool certainly_dead(std::uint32_t lane) const { return is_certainly_dead(side_, lane); }
  bool wake(std::atomic<std::uint32_t>& parked) const;
  void sleep(std::atomic<std::uint32_t>&, const table::survey&) const {}
  bool watch(const table::survey&) const { return false; }
  bool over() const { return false; }
  bool weary() { return weariness_.has_come(); }
  unsigned entering_looks() const { return 100; }
  void pause() const { wait::pause(); }

 private:
  const side_region& side_;
  lock::weariness weariness_;
};
static_assert(table::world<world>);

/// The inode number of the process's pid namespace; 0 if /proc does not say. For people.
std::uint32_t my_pid_namespace();

/// Whether nobody has a place in the region, nor is about to: the one look that an uncontended lock costs.
bool is_quiet(const region::layout& at);

/// Whether somebody has a place, or is about to have one, that conflicts.
bool is_somebody_there(const side_region& side, const table::request& asked);

}  // namespace inturn::preload
