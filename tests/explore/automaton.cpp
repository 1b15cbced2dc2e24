#include "explore/automaton.hpp"

#include <algorithm>

#include "explore/hash.hpp"
#include "explore/rehearsal.hpp"

namespace inturn::explore {
namespace {

op ranked(const known_tickets& known, op o) {
  if (o.what > op::kind::clear_bits) return o;
  o.value = ranked(known, kind_of(o.at), o.value);
  o.expected = ranked(known, kind_of(o.at), o.expected);
  return o;
}

}  // namespace

u64 ranked(const known_tickets& known, value_kind k, u64 value) {
  return with_ticket(k, value, known.rank(ticket_in(k, value)));
}

automaton::automaton(const scenario& s, const actor& who, memory_map memory,
                     memory_of_code remembers)
    : scenario_(s), who_(who), memory_(std::move(memory)), remembers_(remembers) {
  rehearsal first(memory_, remembers_, {});
  run(first);
  find_or_add(first, {}, 0, 0);
}

void automaton::run(rehearsal& r) {
  sim_world world(r, scenario_.lanes, scenario_.watches);
  try {
    perform(world, scenario_, who_);
  } catch (const rehearsal::enough&) {
  }
}

automaton::id automaton::find_or_add(const rehearsal& r, const known_tickets& known, id before,
                                     u64 answer) {
  const auto next = static_cast<id>(states_.size());
  const op wants = ranked(known, r.wants);
  if (r.is_at_crossroads()) {
    u64 key = hash_of(
        {r.situation(), static_cast<u64>(wants.what), wants.at, wants.value, wants.expected});
    for (const ticket t : r.tickets_remembered()) key = hash_of({key, known.rank(t)});
    const auto [it, is_new] = crossroads_.emplace(key, next);
    if (!is_new) return it->second;
  }
  states_.push_back({wants, r.begins, {}, known, before, answer});
  return next;
}

const automaton::edge& automaton::learn(id at, u64 answer) {
  known_tickets known = states_[at].known;
  const op& asked = states_[at].wants;
  const value_kind kind = gives_a_value(asked) ? kind_of(asked.at) : value_kind::plain;
  const u64 number =
      with_ticket(kind, answer, known.at_rank(static_cast<unsigned>(ticket_in(kind, answer))));

  std::vector<u64> answers{number};
  for (id s = at; s != beginning; s = states_[s].before) answers.push_back(states_[s].answer);
  std::reverse(answers.begin(), answers.end());
  rehearsal r(memory_, remembers_, std::move(answers));
  run(r);

  known.add(ticket_in(kind, number));
  edge e{answer, 0, r.events, {}};
  for (event& heard : e.events) heard.ticket = known.rank(heard.ticket);
  known_tickets still;
  if (r.is_at_crossroads())
    for (const ticket t : r.tickets_remembered()) still.add(t);
  else
    still = known;
  for (unsigned i = 0; i < still.size(); ++i)
    e.kept.push_back(static_cast<u8>(known.rank(still[i]) / 2));
  e.to = find_or_add(r, still, at, number);
  return states_[at].edges.emplace_back(std::move(e));
}

}  // namespace inturn::explore
