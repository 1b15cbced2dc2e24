#include <vector>

#include "explore/referee.hpp"

// What must hold when nobody can go on; and whether a deadlock was one.

namespace inturn::explore {
namespace {

using table::state_of;
using table::ticket_of;

}  // namespace

/// Those who are stopped may keep those behind them waiting, and nobody else; without them, nobody waits.
void referee::at_rest(const state& s) const {
  std::vector<bool> excused(scenario_.actors.size(), false);
  const auto is_excuse = [&](unsigned actor) {
    return s.stands[actor] == standing::stopped || excused[actor];
  };
  const auto waits_for = [&](unsigned a, unsigned b) {
    return conflict(s.seats[a].wants, s.seats[b].wants) &&
           (is_holding(s, b) ||
            (is_waiting(s, b) && ticket_of(layout_.word(s, b)) < ticket_of(layout_.word(s, a))));
  };
  for (bool found = true; found;) {
    found = false;
    for (unsigned a = 0; a < layout_.seats(); ++a)
      for (unsigned b = 0; b < layout_.seats(); ++b) {
        const unsigned actor = s.seats[a].actor;
        if (a == b || !is_waiting(s, a) || excused[actor] || !waits_for(a, b)) continue;
        if (is_excuse(s.seats[b].actor)) found = excused[actor] = true;
      }
  }
  bool all_gone = true;
  for (unsigned a = 0; a < scenario_.actors.size(); ++a) {
    if (s.stands[a] == standing::asleep && !excused[a])
      throw violation(scenario_.actors[a].name +
                      (s.troubled ? " sleeps for ever" : " sleeps, and nobody will wake it"));
    all_gone &= s.stands[a] != standing::stopped && s.stands[a] != standing::asleep;
  }
  for (unsigned seat = 0; all_gone && seat < layout_.seats(); ++seat)
    if (layout_.word(s, seat) != table::free_word)
      throw violation("at the end there is still a " + describe_word(layout_.word(s, seat)));
}

/// Without these, a cycle of waits stays one.
bool referee::can_have_ended_otherwise() const {
  if (scenario_.kills > 0) return true;
  for (const actor& a : scenario_.actors)
    for (const action& step : a.script)
      if (step.what == action::kind::acquire_until) return true;
  return false;
}

/// Would a request in this seat, now, wait for its own process?
bool referee::closes_cycle(const state& s, unsigned seat) const {
  const unsigned self = s.seats[seat].actor;
  std::vector<bool> reached(layout_.seats(), false);
  const auto leads_to = [&](unsigned a, unsigned b) {
    if (!is_waiting(s, b) && !is_holding(s, b)) return false;
    if (is_holding(s, a)) return is_waiting(s, b) && s.seats[a].actor == s.seats[b].actor;
    const bool ahead = a == seat || is_holding(s, b) ||
                       ticket_of(layout_.word(s, b)) < ticket_of(layout_.word(s, a));
    return ahead && conflict(s.seats[a].wants, s.seats[b].wants);
  };
  reached[seat] = true;
  for (bool grows = true; grows;) {
    grows = false;
    for (unsigned a = 0; a < layout_.seats(); ++a)
      for (unsigned b = 0; b < layout_.seats(); ++b)
        if (reached[a] && !reached[b] && b != seat && leads_to(a, b)) grows = reached[b] = true;
  }
  for (unsigned t = 0; t < layout_.seats(); ++t)
    if (t != seat && reached[t] && s.seats[t].actor == self) return true;
  return false;
}

}  // namespace inturn::explore
