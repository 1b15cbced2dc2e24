#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "table/acquire.hpp"

namespace inturn::table::test {

/// Who comes back to await_turn later, instead of sleeping.
struct falls_asleep {};

/// A table of its own, and one thread that plays everybody: nobody moves while somebody else does.
class calm_world : public plain_memory {
 public:
  explicit calm_world(std::uint32_t lanes)
      : shared_(std::make_unique<counters>()), lanes_(new lane[lanes]), lane_count_(lanes) {
    shared_->next_ticket = 1;
    for (std::uint32_t l = 0; l < lanes; ++l) mark_used(*this, l);
  }

  view table() const { return {shared_.get(), lanes_.get(), lane_count_}; }
  bool certainly_dead(std::uint32_t lane) const { return dead_.count(lane) != 0; }
  bool wake(std::atomic<std::uint32_t>& parked) {
    woken.push_back(slot_of(parked));
    return true;
  }
  [[noreturn]] void sleep(std::atomic<std::uint32_t>&, const survey&) { throw falls_asleep{}; }
  bool watch(const survey&) { return false; }
  bool over() const { return time_is_over; }
  bool weary() const { return false; }
  unsigned entering_looks() const { return 2; }
  void pause() {}

  void kill(std::uint32_t lane) { dead_.insert(lane); }
  void claim(std::uint32_t lane) { dead_.erase(lane); }

  word word_at(slot_id id) { return load(table().word_of(id)); }
  void put(slot_id id, word w, extent where, std::uint32_t parked = 0) {
    table().data_of(id).first = where.first;
    table().data_of(id).last = where.last;
    table().data_of(id).parked = parked;
    table().word_of(id) = w;
  }

  std::vector<slot_id> woken;
  bool time_is_over = false;

 private:
  slot_id slot_of(const std::atomic<std::uint32_t>& parked) const {
    for (std::uint32_t l = 0; l < lane_count_; ++l)
      for (std::uint32_t i = 0; i < slots_per_lane; ++i)
        if (&lanes_[l].data[i].parked == &parked) return {l, i};
    return {no_lane, 0};
  }

  std::unique_ptr<counters> shared_;
  std::unique_ptr<lane[]> lanes_;
  std::uint32_t lane_count_;
  std::set<std::uint32_t> dead_;
};
static_assert(world<calm_world>);

}  // namespace inturn::table::test
