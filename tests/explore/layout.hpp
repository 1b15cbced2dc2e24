#pragma once

#include "explore/automaton.hpp"
#include "explore/state.hpp"

namespace inturn::explore {

/// Where a scenario's places are in a state's memory: only those that can change are there.
class layout {
 public:
  explicit layout(const scenario& s);

  u64& memory(state& s, place p) const { return s.memory[index_[p]]; }
  u64 memory(const state& s, place p) const { return s.memory[index_[p]]; }
  unsigned size() const { return size_; }
  void set_up(state& s) const;

  unsigned seats() const { return seats_; }
  unsigned seat_of(slot_id id) const { return id.lane * slots_ + id.index; }
  slot_id slot_of(unsigned seat) const { return {seat / slots_, seat % slots_}; }
  u64 word(const state& s, unsigned seat) const {
    return memory(s, place_of(slot_of(seat), field::word));
  }

  /// What an actor can see change. One who runs after all others have ended is alone in its lane.
  memory_map seen_by(const actor& who) const;

 private:
  void add(place p);
  void add_lane(std::vector<bool>& changes, unsigned lane) const;

  const scenario& scenario_;
  unsigned slots_;
  unsigned seats_;
  unsigned size_ = 0;
  std::vector<u8> index_ = std::vector<u8>(places, 0);
  memory_map all_;
};

}  // namespace inturn::explore
