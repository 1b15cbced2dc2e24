#pragma once

#include "explore/layout.hpp"

namespace inturn::explore {

/// Knows the promises, and what has happened so far; throws a violation when the two do not agree.
class referee {
 public:
  referee(const scenario& s, const explore::layout& l) : scenario_(s), layout_(l) {}

  void hear(state& s, unsigned actor, const event& e) const;
  /// Before the word changes.
  void word_changes(state& s, unsigned actor, slot_id id, u64 old, u64 now) const;
  void range_changes(const state& s, unsigned actor, slot_id id) const;
  void dies(state& s, unsigned actor) const;
  /// Nobody can go on, not even by the bound of a sleep.
  void at_rest(const state& s) const;

 private:
  const action& action_of(unsigned actor, const event& e) const;
  unsigned seat_of(const state& s, unsigned actor, unsigned slot) const;
  bool is_waiting(const state& s, unsigned seat) const;
  bool is_holding(const state& s, unsigned seat) const;
  wish wish_in(const state& s, unsigned seat) const;
  void out_of_the_order(state& s, unsigned seat) const;

  void calls(state& s, unsigned actor, unsigned seat, const action& a) const;
  void granted(state& s, unsigned actor, unsigned seat, const event& e) const;
  void refused(state& s, unsigned actor, unsigned seat, const action& a, const event& e) const;
  void own_word_changes(state& s, unsigned seat, u64 old, u64 now) const;
  void becomes_held(state& s, unsigned seat, u64 word) const;
  void others_word_changes(state& s, unsigned actor, unsigned seat, u64 old, u64 now) const;
  void takes_news(state& s, unsigned actor, unsigned from) const;
  void owe_news(state& s, unsigned seat, bool of_conflicting_only) const;
  bool closes_cycle(const state& s, unsigned seat) const;
  bool can_have_ended_otherwise() const;

  const scenario& scenario_;
  const explore::layout& layout_;
};

}  // namespace inturn::explore
