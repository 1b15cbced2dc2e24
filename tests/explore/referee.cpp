#include "explore/referee.hpp"

#include <algorithm>

#include "table/acquire.hpp"

namespace inturn::explore {
namespace {

using table::state_of;
using table::ticket_of;
using word_state = table::state;

[[noreturn]] void fail(const std::string& what) { throw violation(what); }

constexpr u8 bit(unsigned n) { return static_cast<u8>(1U << n); }

}  // namespace

const action& referee::action_of(unsigned actor, const event& e) const {
  return scenario_.actors[actor].script[e.action];
}

unsigned referee::seat_of(const state& s, unsigned actor, unsigned slot) const {
  for (unsigned lane = 0; lane < scenario_.lanes; ++lane)
    if (s.claimed_by[lane] == actor) return layout_.seat_of({lane, slot});
  fail("a call by one who has no lane");
}

/// Of a living one.
bool referee::is_waiting(const state& s, unsigned seat) const {
  return s.seats[seat].phase == phase::asking &&
         state_of(layout_.word(s, seat)) == word_state::queued;
}

bool referee::is_holding(const state& s, unsigned seat) const {
  return s.seats[seat].phase != phase::idle && state_of(layout_.word(s, seat)) == word_state::held;
}

/// What the word in the seat asks for.
wish referee::wish_in(const state& s, unsigned seat) const {
  return s.seats[seat].orphan ? s.seats[seat].had : s.seats[seat].wants;
}

void referee::hear(state& s, unsigned actor, const event& e) const {
  const action& a = action_of(actor, e);
  const unsigned seat = seat_of(s, actor, e.slot);
  explore::seat& mine = s.seats[seat];
  switch (e.what) {
    case event::kind::calls:
      return calls(s, actor, seat, a);
    case event::kind::granted:
      return granted(s, actor, seat, e);
    case event::kind::refused:
      return refused(s, actor, seat, a, e);
    case event::kind::leaves:
      mine.phase = phase::leaving;
      return;
    default:
      if (layout_.word(s, seat) != table::free_word) fail("released, and the word is not FREE");
      mine.phase = phase::idle;
      mine.carries = news::none;
      mine.wants = {};
      mine.met_another = false;
  }
}

void referee::calls(state& s, unsigned actor, unsigned seat, const action& a) const {
  explore::seat& mine = s.seats[seat];
  if (mine.phase != phase::idle || mine.left != news::none || mine.orphan)
    fail("a slot is used anew that is not free");
  mine = {};
  mine.phase = phase::asking;
  mine.actor = static_cast<u8>(actor);
  mine.wants = {a.how, a.first, a.last};
  s.in_call[actor] = static_cast<u8>(seat);
  s.late &= static_cast<u8>(~bit(actor));
  s.hurried &= static_cast<u8>(~bit(actor));
  if (a.what == action::kind::acquire_until) s.hurried |= bit(actor);
  for (unsigned t = 0; t < layout_.seats(); ++t) {
    if (t == seat || !conflict(mine.wants, s.seats[t].wants)) continue;
    if (is_waiting(s, t)) mine.before |= bit(t);
    mine.met_another |= is_waiting(s, t) || is_holding(s, t);
  }
  owe_news(s, seat, false);
}

/// Promise 4: whoever is next granted what the dead one held is told.
void referee::owe_news(state& s, unsigned seat, bool of_conflicting_only) const {
  explore::seat& mine = s.seats[seat];
  for (unsigned t = 0; t < layout_.seats(); ++t) {
    const explore::seat& other = s.seats[t];
    if (other.left != news::due) continue;
    if (of_conflicting_only ? conflict(other.had, mine.wants) : overlap(other.had, mine.wants))
      mine.owed |= bit(t);
  }
}

void referee::granted(state& s, unsigned actor, unsigned seat, const event& e) const {
  explore::seat& mine = s.seats[seat];
  const u64 word = layout_.word(s, seat);
  if (state_of(word) != word_state::held || ticket_of(word) != e.ticket)
    fail("granted, and the word is " + describe_word(word));
  for (unsigned t = 0; t < layout_.seats(); ++t)
    if (s.seats[t].phase == phase::inside && conflict(s.seats[t].wants, mine.wants))
      fail("exclusion: " + scenario_.actors[s.seats[t].actor].name + " and " +
           scenario_.actors[actor].name + " are inside at once");
  if (mine.owed != 0) fail("granted without the news of a death");
  if (e.news && mine.carries == news::none)
    fail("told of a death that was told already, or was none");
  if (!e.news && mine.carries != news::none) fail("the news of a death was taken, and not told");
  mine.phase = phase::inside;
  mine.met_another = false;
}

void referee::refused(state& s, unsigned actor, unsigned seat, const action& a,
                      const event& e) const {
  explore::seat& mine = s.seats[seat];
  if (layout_.word(s, seat) != table::free_word) fail("refused, and the word is not FREE");
  if (mine.carries != news::none) fail("refused, and took the news of a death along");
  switch (static_cast<table::ending>(e.ending)) {
    case table::ending::busy:
      if (a.what != action::kind::try_acquire) fail("busy, though it may wait");
      if (!mine.met_another) fail("a try failed, and nobody alive was in its way");
      break;
    case table::ending::timed_out:
      if ((s.late & bit(actor)) == 0) fail("timed out before its time");
      break;
    case table::ending::deadlock:
      if (!can_have_ended_otherwise() && !closes_cycle(s, seat))
        fail("EDEADLK, and there is no cycle");
      break;
    default:
      fail("an ending that cannot be");
  }
  out_of_the_order(s, seat);
  mine = {};
}

void referee::out_of_the_order(state& s, unsigned seat) const {
  for (explore::seat& other : s.seats) other.before &= static_cast<u8>(~bit(seat));
}

void referee::word_changes(state& s, unsigned actor, slot_id id, u64 old, u64 now) const {
  const unsigned seat = layout_.seat_of(id);
  const explore::seat& at = s.seats[seat];
  if (at.actor == actor && at.phase != phase::idle && !at.orphan)
    own_word_changes(s, seat, old, now);
  else
    others_word_changes(s, actor, seat, old, now);
  if (old != now) s.tired = 0;
}

void referee::own_word_changes(state& s, unsigned seat, u64 old, u64 now) const {
  const word_state from = state_of(old);
  const word_state to = state_of(now);
  if (to == word_state::free) {
    out_of_the_order(s, seat);
    return;
  }
  const bool same_ticket = ticket_of(old) == ticket_of(now);
  const bool legal = (from == word_state::free && to == word_state::entering) ||
                     (from == word_state::entering && to == word_state::queued) ||
                     (from == word_state::queued && to == word_state::held && same_ticket) ||
                     (from == word_state::held && to == word_state::held && same_ticket);
  if (!legal) fail("its owner turned " + describe_word(old) + " into " + describe_word(now));
  if (to == word_state::queued)
    for (unsigned t = 0; t < layout_.seats(); ++t)
      if (t != seat && s.seats[t].phase == phase::asking &&
          conflict(s.seats[t].wants, s.seats[seat].wants))
        s.seats[t].met_another = true;
  if (from == word_state::queued) becomes_held(s, seat, now);
}

void referee::becomes_held(state& s, unsigned seat, u64 word) const {
  const explore::seat& mine = s.seats[seat];
  if (mine.before != 0) fail("order: granted before one who was queued when its call began");
  for (unsigned t = 0; t < layout_.seats(); ++t) {
    const u64 other = layout_.word(s, t);
    if (t == seat || !conflict(wish_in(s, t), mine.wants)) continue;
    if (state_of(other) == word_state::held)
      fail("exclusion: becomes HELD beside " + describe_word(other));
    if (state_of(other) == word_state::queued && ticket_of(other) < ticket_of(word))
      fail("order: becomes HELD beside " + describe_word(other));
  }
  out_of_the_order(s, seat);
  owe_news(s, seat, true);
}

void referee::others_word_changes(state& s, unsigned actor, unsigned seat, u64 old, u64 now) const {
  explore::seat& at = s.seats[seat];
  const word_state from = state_of(old);
  const word_state to = state_of(now);
  if (from == word_state::entering && to == word_state::free) {
    at.orphan = false;
    return;
  }
  if (from == word_state::died && to == word_state::free) return takes_news(s, actor, seat);
  const bool clears =
      (from == word_state::queued && to == word_state::free) ||
      (from == word_state::held && (to == word_state::free || to == word_state::died));
  if (!clears)
    fail("one who is not its owner turned " + describe_word(old) + " into " + describe_word(now));
  if (!at.orphan) fail("cleared the request of a living one: " + describe_word(old));
  if (at.left == news::due && to == word_state::free) fail("the news of a death is lost");
  if (at.left == news::none && to == word_state::died) fail("news of a death that is none");
  if (to == word_state::free) at.left = news::none;
  at.orphan = false;
}

void referee::takes_news(state& s, unsigned actor, unsigned from) const {
  const unsigned seat = s.in_call[actor];
  if (seat == nobody) fail("took news outside a call");
  explore::seat& mine = s.seats[seat];
  if (state_of(layout_.word(s, seat)) != word_state::held) fail("took news before it holds");
  if (!overlap(mine.wants, s.seats[from].had))
    fail("took news of a range that it does not overlap");
  mine.carries = std::max(mine.carries, s.seats[from].left);
  s.seats[from] = {};
  for (explore::seat& any : s.seats) any.owed &= static_cast<u8>(~bit(from));
}

void referee::range_changes(const state& s, unsigned actor, slot_id id) const {
  const explore::seat& at = s.seats[layout_.seat_of(id)];
  if (at.actor != actor || at.phase != phase::asking)
    fail("wrote the data of a slot that is not its own");
  const u64 word = layout_.word(s, layout_.seat_of(id));
  if (word != table::free_word) fail("wrote the data of a slot that is " + describe_word(word));
}

void referee::dies(state& s, unsigned actor) const {
  for (unsigned seat = 0; seat < layout_.seats(); ++seat) {
    explore::seat& mine = s.seats[seat];
    if (mine.phase == phase::idle || mine.actor != actor) continue;
    const u64 word = layout_.word(s, seat);
    explore::seat rest{};
    rest.orphan = word != table::free_word;
    rest.had = mine.wants;
    if (state_of(word) == word_state::held) {
      rest.left = mine.wants.how == mode::exclusive ? news::due : mine.carries;
      const bool is_taking = mine.phase == phase::asking && table::is_told(word);
      if (rest.left == news::none && is_taking) rest.left = news::possible;
    }
    mine = rest;
    out_of_the_order(s, seat);
  }
  s.in_call[actor] = nobody;
}

}  // namespace inturn::explore
