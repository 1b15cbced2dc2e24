#pragma once

#include "table/scan.hpp"

// Waking those who may go after a request has ended, or after a dead one's was cleared.

namespace inturn::table {

/// The sleepers that wait for what was released, smallest tickets first; as many as fit.
class sleepers {
 public:
  struct one {
    sighting at;
    extent where;
    bool absent = false;  // sleeps no more: dead, or looking already
  };

  /// Keeps the smallest tickets. False: one (perhaps this) had to be left out.
  bool insert(const one& s) {
    std::size_t at = count_;
    while (at > 0 && ticket_of(all_[at - 1].at.seen) > ticket_of(s.at.seen)) --at;
    const bool full = count_ == capacity;
    if (at == capacity) return false;
    for (std::size_t i = full ? count_ - 1 : count_; i > at; --i) all_[i] = all_[i - 1];
    all_[at] = s;
    if (!full) ++count_;
    return !full;
  }

  one* begin() { return all_; }
  one* end() { return all_ + count_; }

 private:
  static constexpr std::size_t capacity = 64;
  one all_[capacity];
  std::size_t count_ = 0;
};

/// Collects sleepers in conflict with `released` whose ticket is larger than `after`. False: not
/// all fitted.
template <world W>
bool collect(W& w, const request& released, ticket after, sleepers& out) {
  bool all = true;
  for_each_request(w, [&](slot_id id, word v) {
    if (state_of(v) != state::queued || ticket_of(v) <= after ||
        !modes_conflict(mode_of(v), released.mode) || w.load(w.table().data_of(id).parked) != 1)
      return true;
    sleepers::one s{{id, v}, {}, false};
    if (read_extent(w, id, v, s.where) && overlap(s.where, released.where))
      all = out.insert(s) && all;
    return true;
  });
  return all;
}

/// Wakes one sleeper. Only the one who takes its mark away makes the system call.
/// False: nobody was asleep there.
template <world W>
bool rouse(W& w, slot_id id) {
  auto& parked = w.table().data_of(id).parked;
  return w.cas(parked, 1, 0) && w.wake(parked);
}

/// Wakes every sleeper that conflicts with what was released and that no sleeper ahead of it
/// conflicts with. (Waking the first alone would be wrong: with ranges the second may be able to
/// go, and not the first.) One that turns out not to sleep holds nobody back: it is dead, stopped,
/// or looking by itself, and a death must not cost those behind it their wake-up. Waking too many
/// costs a look each.
template <world W>
void wake_followers(W& w, const request& released) {
  ticket after = 0;
  for (bool all = false; !all && !w.weary();) {
    sleepers waiting;
    all = collect(w, released, after, waiting);
    for (auto& s : waiting) {
      bool held_back = false;
      for (auto* t = waiting.begin(); t != &s && !held_back; ++t)
        held_back =
            !t->absent && conflict(mode_of(t->at.seen), t->where, mode_of(s.at.seen), s.where);
      if (!held_back) s.absent = !rouse(w, s.at.id);
      after = ticket_of(s.at.seen);
    }
  }
}

/// To be called after every way to FREE, with the word already FREE: the full fence between that
/// and this look at parked_upto is what the sleeper's own look relies on.
template <world W>
void after_leaving(W& w, const request& released, ticket left) {
  if (w.load(w.table().shared->parked_upto) >= left) wake_followers(w, released);
}

}  // namespace inturn::table
