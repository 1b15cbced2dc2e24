#include "baton/explore/state.hpp"

// What an access does, and which rules it must not break.

namespace inturn::explore_baton {
namespace {

using relay::has_taken;
using relay::is_member;
using relay::joins_of;
using relay::place_of;
using relay::state_of;
using relay::word;

void rule(bool holds, const char* what) {
  if (!holds) throw foul(what);
}

unsigned owner(const state& s, unsigned place) {
  return s.claims[place] == 0 ? nobody : s.claims[place] - 1;
}

/// Those who live, are members in that word, and are not `but`: a bit a process.
u32 living_members(const state& s, word w, unsigned but) {
  u32 found = 0;
  for (unsigned p = 0; p < s.all.size(); ++p)
    if (p != but && s.all[p].alive && s.all[p].joined && is_member(w, s.all[p].place))
      found |= 1U << p;
  return found;
}

void time_starts_anew(state& s) {
  for (process& p : s.all) p.bounds = 0;
}

void on_taken(state& s, unsigned who, word from) {
  rule(state_of(from) == relay::state::given, "taken without having been given");
  rule(owner(s, place_of(from)) == who, "taken by one whose place it is not");
  for (const process& p : s.all) rule(!p.inside || !p.alive, "two have the turn");
  if (s.named != nobody) {
    const unsigned to = owner(s, s.named);
    rule(place_of(from) == s.named || to == nobody || !is_member(from, s.named),
         "named one, but another has it");
  } else {
    rule(who != s.last_inside || s.owed == 0, "has it again before the others have had it");
  }
  rule(relay::has_news(from) == s.news_owed, s.news_owed ? "the news is lost" : "false news");
  s.news_owed = false;
  s.named = nobody;
  s.owed = 0;
  s.all[who].inside = true;
}

void on_given_up(state& s, unsigned who, word from, word to) {
  const unsigned place = place_of(from);
  const unsigned had = owner(s, place);
  if (had != who || !s.all[who].inside) {
    // Another's turn: only a dead one's.
    rule(had == nobody || !s.all[had].inside, "the turn of one who lives was taken away");
    return;
  }
  s.all[who].inside = false;
  s.last_inside = who;
  s.owed = living_members(s, from, who);
  const bool in_order = place_of(to) == relay::next_after(place, relay::members_of(from));
  if (!in_order) s.named = place_of(to);
}

void on_turn(state& s, unsigned who, word from, word to) {
  time_starts_anew(s);
  if (joins_of(from) != joins_of(to)) s.all[who].joined = true;
  if (state_of(to) == relay::state::taken && from != to && !has_taken(from, place_of(to)))
    on_taken(s, who, from);
  if (state_of(from) == relay::state::taken && !has_taken(to, place_of(from)))
    on_given_up(s, who, from, to);
  const u32 gone = relay::members_of(from) & ~relay::members_of(to);
  for (unsigned p = 0; p < s.all.size(); ++p) {
    const process& one = s.all[p];
    if (one.place == nobody || (gone & relay::bit_of(one.place)) == 0) continue;
    rule(p == who || !one.alive || !one.joined, "one who lives was removed");
    s.owed &= ~(1U << p);
  }
}

u64 answer(state& s, unsigned who, const access& wanted) {
  switch (wanted.what) {
    case op::load64:
      return wanted.at == cell::turn ? s.turn : s.number;
    case op::cas:
      if (s.turn != wanted.a) return 0;
      on_turn(s, who, s.turn, wanted.b);
      s.turn = wanted.b;
      return 1;
    case op::add:
      s.number += wanted.a;
      return 0;  // what it was makes no difference to the code
    case op::load32:
      return s.parked;
    case op::set_bits: {
      const u32 before = s.parked;
      s.parked |= static_cast<u32>(wanted.a);
      return before;
    }
    case op::clear_bits: {
      const u32 before = s.parked;
      s.parked &= ~static_cast<u32>(wanted.a);
      return before & wanted.a;
    }
    case op::certainly_dead:
      return owner(s, static_cast<unsigned>(wanted.a)) == nobody;
    case op::claim:
      if (owner(s, static_cast<unsigned>(wanted.a)) != nobody) return 0;
      s.claims[wanted.a] = who + 1;
      s.all[who].place = static_cast<unsigned>(wanted.a);
      return 1;
    case op::wake:
      for (process& p : s.all)
        if (p.alive && p.asleep && p.place == wanted.a) {
          p.asleep = false;
          p.hear(op::sleep, 0);
        }
      return 0;
    default:
      return 0;
  }
}

}  // namespace

void perform(state& s, unsigned who, const access& wanted) {
  if (wanted.what == op::sleep && s.parked == wanted.b) {
    s.all[who].asleep = true;
    return;
  }
  const u64 got = answer(s, who, wanted);
  s.all[who].hear(wanted.what, got);
}

void begin(state& s, unsigned who, const step& begun) {
  const unsigned place = place_of(s.turn);
  const bool dead = relay::is_at(s.turn, place) && owner(s, place) == nobody;
  s.all[who].tries_from = begun.what == call::try_wait && dead ? s.turn : 0;
}

void conclude(state& s, unsigned who, const step& ended, const result& how) {
  process& p = s.all[who];
  const bool granted = how.how == relay::ending::granted;
  switch (ended.what) {
    case call::join:
      rule(granted || (ended.place != nobody && how.how == relay::ending::full), "could not join");
      break;
    case call::wait:
      rule(granted && p.inside, "waited, and has not got it");
      break;
    case call::try_wait:
      rule(granted || how.how == relay::ending::timed_out, "tried, and something else came of it");
      rule(granted == p.inside, "a try that says what is not so");
      rule(granted || p.tries_from == 0 || p.tries_from != s.turn,
           "a try has left a dead one the turn");
      break;
    case call::hand_on:
      rule(granted && !p.inside, "could not hand on");
      break;
    case call::hand_to:
      // One who was named may have died and been buried, and then the turn is still ours.
      rule(granted ? !p.inside : how.how == relay::ending::stranger,
           "could not hand to the named one");
      break;
    case call::leave:
      rule(granted && !p.inside, "could not leave");
      s.claims[p.place] = 0;
      p.place = nobody;
      p.joined = false;
      break;
  }
}

void kill(state& s, unsigned who) {
  process& p = s.all[who];
  p.alive = false;
  p.asleep = false;
  if (p.place != nobody) s.claims[p.place] = 0;
  if (p.inside) s.news_owed = true;
  s.owed &= ~(1U << who);
  s.quiet = false;
  --s.kills;
  time_starts_anew(s);
}

}  // namespace inturn::explore_baton
