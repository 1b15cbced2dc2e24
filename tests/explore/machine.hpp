#pragma once

#include <memory>
#include <vector>

#include "explore/automaton.hpp"
#include "explore/referee.hpp"

namespace inturn::explore {

/// What may happen next, and to whom.
struct choice {
  enum class kind : u8 {
    step,
    step_late,  // its time is over: at a look at the clock, or asleep
    wake,       // a sleep ends: by its bound, or for no reason
    kill,
    stop,
  } what = kind::step;
  u8 actor = 0;
};

class choices {
 public:
  void add(choice::kind what, unsigned actor) { all_[count_++] = {what, static_cast<u8>(actor)}; }
  const choice* begin() const { return all_.data(); }
  const choice* end() const { return all_.data() + count_; }
  unsigned size() const { return count_; }
  const choice& operator[](unsigned i) const { return all_[i]; }

 private:
  std::array<choice, max_actors * 4> all_;
  unsigned count_ = 0;
};

/// The simulated machine: what may happen in a state, and what comes of it.
class machine {
 public:
  explicit machine(const scenario& s, memory_of_code remembers = memory_of_code::what_matters);

  state beginning() const;
  /// Empty at the end of a run; throws a violation if that must not be the end.
  choices possible(const state& s);
  /// Throws a violation.
  void apply(state& s, choice c);

  u64 fingerprint(const state& s) const;
  /// Without what the processes know.
  u64 fingerprint_from_outside(state s) const;
  bool can_step(const state& s, unsigned actor) const { return s.stands[actor] == standing::runs; }
  bool only_looks_at_the_clock(const state& s, unsigned actor) const;
  /// In words, before it is applied.
  std::string describe(const state& s, choice c);
  std::size_t learned() const;

 private:
  unsigned actors() const { return static_cast<unsigned>(automata_.size()); }
  op::kind wants(const state& s, unsigned actor) const {
    return automata_[actor].wants(s.at[actor]).what;
  }
  op wanted(const state& s, unsigned actor) const;
  bool may_be_late(const state& s, unsigned actor) const;
  bool may_be_harmed(const state& s, unsigned actor) const;
  void add_harm(const state& s, unsigned actor, choices& out) const;
  void harm(state& s, unsigned actor) const;
  bool needs_bounds(const state& s) const;

  void step(state& s, unsigned actor, bool late);
  u64 perform(state& s, unsigned actor, const op& o, bool late);
  u64 access(state& s, unsigned actor, const op& o);
  void write(state& s, unsigned actor, place at, u64 value);
  bool rouse(state& s, place parked);
  void advance(state& s, unsigned actor, u64 answer);
  known_tickets tickets_of(const state& s, unsigned actor) const;
  static void end(state& s, unsigned actor, standing how);
  void renumber_tickets(state& s) const;
  void kill(state& s, unsigned actor);
  void start_those_who_wait(state& s) const;

  const scenario& scenario_;
  explore::layout layout_;
  explore::referee referee_;
  std::vector<automaton> automata_;
};

}  // namespace inturn::explore
