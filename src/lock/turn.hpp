#pragma once

#include <functional>

#include "lock/bounds.hpp"
#include "region/region.hpp"
#include "table/acquire.hpp"
#include "wait/wait.hpp"

namespace inturn::lock {

/// Told, while a request waits, how many are ahead of it; each time that it has looked.
using progress = std::function<void(std::uint32_t ahead)>;

/// The real world of one request: memory is memory, a dead owner's claim is free, sleeping is a futex.
class turn : public table::plain_memory {
 public:
  explicit turn(const region::mapped& region, wait::deadline until = {},
                const progress* tell = nullptr)
      : region_(region), until_(until), tell_(tell) {}

  table::view table() const noexcept { return region_.table(); }
  bool certainly_dead(std::uint32_t lane) { return region_.certainly_dead(lane); }
  bool wake(std::atomic<std::uint32_t>& parked) { return wait::wake_one(parked); }
  void sleep(std::atomic<std::uint32_t>& parked, const table::survey& seen);
  bool watch(const table::survey& seen);
  bool over() noexcept { return tries_only_ ? weary() : wait::is_over(until_); }
  bool weary() noexcept { return weariness_.has_come(); }
  /// After more of them than there can be honest ones in this instant they are wiped at once.
  unsigned entering_looks() const noexcept { return pauses_ < 20'000 ? 100 : 1; }
  void pause() noexcept {
    ++pauses_;
    wait::pause();
  }

  /// What is done from here on is a task of its own, as far as weariness goes.
  void refresh() noexcept {
    weariness_.refresh();
    pauses_ = 0;
  }
  /// From now on this is a try, whatever the time.
  void become_a_try() noexcept {
    tries_only_ = true;
    refresh();
  }

  /// Whether somebody was in the way when it first looked.
  bool has_waited() const noexcept { return has_watched_; }

 private:
  const region::mapped& region_;
  wait::deadline until_;
  const progress* tell_;
  weariness weariness_;
  unsigned pauses_ = 0;
  bool tries_only_ = false;
  bool has_watched_ = false;
};
static_assert(table::world<turn>);

}  // namespace inturn::lock
