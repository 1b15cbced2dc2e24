#pragma once

#include <unordered_map>
#include <vector>

#include "explore/perform.hpp"
#include "explore/tickets.hpp"

namespace inturn::explore {

/// Which places change in a scenario, and what stands in the others.
struct memory_map {
  std::vector<bool> changes = std::vector<bool>(places, false);
  std::vector<u64> at_first = std::vector<u64>(places, 0);
  bool deaths = false;  // whether anybody can be found dead
};

/// Whether states are merged at crossroads. That they may be is knowledge about the table code; exploring
/// a small scenario without it, and comparing, shows that it is right.
enum class memory_of_code : u8 { what_matters, everything };

/// What one process can do, learned by running its real code: a state is what it wants to do next, and
/// the answer leads to the next state. An answer that has not been given in a state yet is tried out by
/// running the code again, from its beginning, with all the answers that led there.
///
/// The code is deterministic, so two runs that were told the same are in the same state. And at some
/// points nearly all that it was told is forgotten: before each call of the script (only what it holds
/// is remembered), when a request is written anew, when a sleep is over (only its ticket is), and at the
/// points that the table code names (table::point). States at such crossroads are one state if what is
/// remembered is equal, however they were come by.
///
/// All tickets here are ranks among those that the process knows in that state; see known_tickets.
class automaton {
 public:
  using id = std::uint32_t;

  struct edge {
    u64 answer;
    id to;
    std::vector<event> events;  // of the time between this step and the next
    std::vector<u8> kept;       // of the tickets known then: which are known in the next state
  };

  automaton(const scenario& s, const actor& who, memory_map memory, memory_of_code remembers);

  static constexpr id beginning = 0;
  const op& wants(id at) const { return states_[at].wants; }
  unsigned tickets_known(id at) const { return states_[at].known.size(); }
  /// Events that belong to that step: what begins with it.
  const std::vector<event>& begins(id at) const { return states_[at].begins; }
  const edge& follow(id at, u64 answer) {
    for (const edge& e : states_[at].edges)
      if (e.answer == answer) return e;
    return learn(at, answer);
  }

  std::size_t size() const { return states_.size(); }

 private:
  class rehearsal;
  struct state {
    op wants;
    std::vector<event> begins;
    std::vector<edge> edges;
    known_tickets known;  // as numbers in the run by which it was found
    id before = 0;        // that run: from this state
    u64 answer = 0;       // by this answer
  };

  void run(rehearsal& r);
  id find_or_add(const rehearsal& r, const known_tickets& known, id before, u64 answer);
  const edge& learn(id at, u64 answer);

  const scenario& scenario_;
  const actor& who_;
  const memory_map memory_;
  const memory_of_code remembers_;
  std::vector<state> states_;
  std::unordered_map<u64, id> crossroads_;
};

/// The value with its ticket's rank in place of its ticket.
u64 ranked(const known_tickets& known, value_kind k, u64 value);

}  // namespace inturn::explore
