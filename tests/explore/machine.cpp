#include "explore/machine.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

#include "explore/hash.hpp"

namespace inturn::explore {

machine::machine(const scenario& s, memory_of_code remembers)
    : scenario_(s), layout_(s), referee_(scenario_, layout_) {
  for (const actor& a : s.actors) automata_.emplace_back(s, a, layout_.seen_by(a), remembers);
}

state machine::beginning() const {
  state s;
  std::memset(static_cast<void*>(&s), 0, sizeof s);
  s.in_call.fill(nobody);
  s.claimed_by.fill(nobody);
  for (unsigned a = 0; a < actors(); ++a) {
    const actor& who = scenario_.actors[a];
    if (who.lane != no_lane) s.claimed_by[who.lane] = static_cast<u8>(a);
    s.stands[a] = who.when == actor::start::at_once ? standing::runs : standing::waits_to_start;
  }
  s.kills_left = static_cast<u8>(scenario_.kills);
  s.stops_left = static_cast<u8>(scenario_.stops);
  s.early_wakes_left = static_cast<u8>(scenario_.early_wakes);
  s.running = nobody;
  layout_.set_up(s);
  return s;
}

u64 machine::fingerprint(const state& s) const {
  static_assert(offsetof(state, memory) % 8 == 0);
  constexpr std::size_t fixed = offsetof(state, memory) / 8;
  u64 words[fixed + max_memory];
  std::memcpy(words, &s, offsetof(state, memory) + layout_.size() * sizeof(u64));
  return hash_words(words, fixed + layout_.size());
}

u64 machine::fingerprint_from_outside(state s) const {
  s.at.fill(automaton::beginning);
  s.known = {};
  renumber_tickets(s);
  return fingerprint(s);
}

bool machine::only_looks_at_the_clock(const state& s, unsigned actor) const {
  return can_step(s, actor) && wants(s, actor) == op::kind::is_late;
}

bool machine::may_be_late(const state& s, unsigned actor) const {
  return (s.hurried & ~s.late & 1U << actor) != 0;
}

/// Not before its first step, nor the one who comes after all others.
bool machine::may_be_harmed(const state& s, unsigned actor) const {
  return (s.stands[actor] == standing::asleep ||
          (s.stands[actor] == standing::runs && s.at[actor] != 0)) &&
         scenario_.actors[actor].when != actor::start::after_all;
}

void machine::add_harm(const state& s, unsigned actor, choices& out) const {
  if (!may_be_harmed(s, actor)) return;
  if (s.kills_left > 0) out.add(choice::kind::kill, actor);
  if (s.stops_left > 0) out.add(choice::kind::stop, actor);
}

/// Sleeps have to end by themselves where nobody may know that there is somebody to wake: when a dead one
/// has not been found yet, or when somebody was killed or stopped who was just about to wake others.
bool machine::needs_bounds(const state& s) const {
  bool any_dead = false;
  for (const seat& one : s.seats) any_dead |= one.orphan;
  return any_dead || s.waker_lost;
}

void machine::harm(state& s, unsigned actor) const {
  s.troubled = true;
  s.tired = 0;
  if (s.stands[actor] == standing::asleep) return;
  if (s.in_call[actor] == nobody) s.waker_lost = true;  // a newcomer clears its lane
  for (const seat& one : s.seats)
    if (one.actor == actor && (one.phase == phase::asking || one.phase == phase::leaving))
      s.waker_lost = true;
}

choices machine::possible(const state& s) {
  choices out;
  for (unsigned a = 0; a < actors(); ++a) {
    if (!only_looks_at_the_clock(s, a)) continue;
    // Nobody else can tell when it looks at the clock: now is as good as later.
    if ((s.late >> a & 1) == 0) out.add(choice::kind::step, a);
    out.add(choice::kind::step_late, a);
    return out;
  }
  for (unsigned a = 0; a < actors(); ++a)
    if (can_step(s, a)) out.add(choice::kind::step, a);
  const bool nobody_moves = out.size() == 0;
  if (nobody_moves && !needs_bounds(s)) referee_.at_rest(s);
  for (unsigned a = 0; a < actors(); ++a) {
    add_harm(s, a, out);
    if (s.stands[a] != standing::asleep) continue;
    if (may_be_late(s, a)) out.add(choice::kind::step_late, a);
    const bool is_tired = (s.tired >> a & 1) != 0;
    if (nobody_moves ? needs_bounds(s) && !is_tired : s.early_wakes_left > 0)
      out.add(choice::kind::wake, a);
  }
  if (out.size() == 0) referee_.at_rest(s);
  return out;
}

void machine::apply(state& s, choice c) {
  const unsigned a = c.actor;
  switch (c.what) {
    case choice::kind::step:
      step(s, a, false);
      break;
    case choice::kind::step_late:
      s.late |= static_cast<u8>(1U << a);
      if (s.stands[a] == standing::asleep)
        advance(s, a, 0);
      else
        step(s, a, true);
      break;
    case choice::kind::wake: {
      bool nobody_moves = true;
      for (unsigned b = 0; b < actors(); ++b) nobody_moves &= !can_step(s, b);
      if (nobody_moves)
        s.tired |= static_cast<u8>(1U << a);
      else
        --s.early_wakes_left;
      advance(s, a, 0);
      break;
    }
    case choice::kind::kill:
      kill(s, a);
      break;
    case choice::kind::stop:
      harm(s, a);
      end(s, a, standing::stopped);
      --s.stops_left;
      break;
  }
  start_those_who_wait(s);
  renumber_tickets(s);
}

void machine::kill(state& s, unsigned actor) {
  harm(s, actor);
  referee_.dies(s, actor);
  end(s, actor, standing::dead);
  --s.kills_left;
  for (u8& owner : s.claimed_by)
    if (owner == actor) owner = nobody;
}

void machine::start_those_who_wait(state& s) const {
  bool any_dead = false;
  for (unsigned a = 0; a < actors(); ++a) any_dead |= s.stands[a] == standing::dead;
  bool all_over = true;
  for (unsigned a = 0; a < actors(); ++a) {
    const actor::start when = scenario_.actors[a].when;
    if (s.stands[a] == standing::waits_to_start && when == actor::start::after_a_death && any_dead)
      s.stands[a] = standing::runs;
    all_over &= s.stands[a] >= standing::ended || s.stands[a] == standing::waits_to_start;
  }
  for (unsigned a = 0; a < actors() && all_over; ++a)
    if (s.stands[a] == standing::stopped) all_over = false;
  for (unsigned a = 0; a < actors() && all_over; ++a)
    if (s.stands[a] == standing::waits_to_start &&
        scenario_.actors[a].when == actor::start::after_all)
      s.stands[a] = standing::runs;
}

void machine::step(state& s, unsigned actor, bool late) {
  for (const event& e : automata_[actor].begins(s.at[actor])) referee_.hear(s, actor, e);
  const op o = wanted(s, actor);
  if (s.running != nobody && o.what != op::kind::is_late) s.running = static_cast<u8>(actor);
  if (o.what == op::kind::sleep && layout_.memory(s, o.at) == 1)
    s.stands[actor] = standing::asleep;
  else
    advance(s, actor, perform(s, actor, o, late));
}

void machine::advance(state& s, unsigned actor, u64 answer) {
  s.stands[actor] = standing::runs;
  const op& asked = automata_[actor].wants(s.at[actor]);
  const value_kind kind = gives_a_value(asked) ? kind_of(asked.at) : value_kind::plain;
  known_tickets known = tickets_of(s, actor);
  const automaton::edge& e = automata_[actor].follow(s.at[actor], ranked(known, kind, answer));
  known.add(ticket_in(kind, answer));

  s.at[actor] = e.to;
  s.known[actor].fill(0);
  for (std::size_t i = 0; i < e.kept.size(); ++i)
    s.known[actor][i] = static_cast<u8>(known[e.kept[i]]);
  for (event heard : e.events) {
    heard.ticket = known.at_rank(static_cast<unsigned>(heard.ticket));
    referee_.hear(s, actor, heard);
  }
  if (wants(s, actor) == op::kind::nothing) end(s, actor, standing::ended);
}

void machine::end(state& s, unsigned actor, standing how) {
  s.stands[actor] = how;
  s.at[actor] = automaton::beginning;
  s.known[actor].fill(0);
}

known_tickets machine::tickets_of(const state& s, unsigned actor) const {
  known_tickets known;
  for (unsigned i = 0; i < automata_[actor].tickets_known(s.at[actor]); ++i)
    known.add(s.known[actor][i]);
  return known;
}

/// What it wants to do next, with the tickets of this state.
op machine::wanted(const state& s, unsigned actor) const {
  op o = automata_[actor].wants(s.at[actor]);
  if (o.what > op::kind::clear_bits) return o;
  const value_kind kind = kind_of(o.at);
  for (u64* value : {&o.value, &o.expected}) {
    const u64 rank = ticket_in(kind, *value);
    if (rank != 0) *value = with_ticket(kind, *value, s.known[actor][rank / 2]);
  }
  return o;
}

/// Leaves no gaps between the tickets that are still written or known somewhere.
void machine::renumber_tickets(state& s) const {
  u64 present = 0;
  const auto note = [&](ticket t) { present |= u64{1} << t; };
  const auto rename = [&](ticket t) {
    return static_cast<ticket>(std::popcount(present & ((u64{2} << t) - 1) & ~u64{1}));
  };
  note(layout_.memory(s, parked_upto));
  for (unsigned seat = 0; seat < layout_.seats(); ++seat)
    note(table::ticket_of(layout_.word(s, seat)));
  for (unsigned a = 0; a < actors(); ++a)
    for (unsigned i = 0; i < automata_[a].tickets_known(s.at[a]); ++i) note(s.known[a][i]);
  const u64 next = static_cast<u64>(std::popcount(present & ~u64{1})) + 1;
  if (next == layout_.memory(s, next_ticket)) return;
  layout_.memory(s, next_ticket) = next;
  layout_.memory(s, parked_upto) = rename(layout_.memory(s, parked_upto));
  for (unsigned seat = 0; seat < layout_.seats(); ++seat) {
    u64& word = layout_.memory(s, place_of(layout_.slot_of(seat), field::word));
    word = with_ticket(value_kind::word, word,
                       table::ticket_of(word) == 0 ? 0 : rename(table::ticket_of(word)));
  }
  for (auto& known : s.known)
    for (u8& t : known)
      if (t != 0) t = static_cast<u8>(rename(t));
}

std::string machine::describe(const state& s, choice c) {
  const std::string name = scenario_.actors[c.actor].name + " ";
  switch (c.what) {
    case choice::kind::kill:
      return name + "is killed";
    case choice::kind::stop:
      return name + "is stopped for ever";
    case choice::kind::wake:
      return name + "wakes, though nobody woke it";
    default:
      break;
  }
  if (s.stands[c.actor] == standing::asleep) return name + "wakes, because its time is over";
  state copy = s;
  const op o = wanted(s, c.actor);
  u64 result = 0;
  try {
    result = perform(copy, c.actor, o, c.what == choice::kind::step_late);
  } catch (const violation&) {
    result = 1;
  }
  return name + explore::describe(o, result);
}

std::size_t machine::learned() const {
  std::size_t n = 0;
  for (const automaton& a : automata_) n += a.size();
  return n;
}

}  // namespace inturn::explore
