#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "explore/scenario.hpp"
#include "explore/tickets.hpp"

// The whole simulated machine at one moment.

namespace inturn::explore {

/// A promise was broken.
struct violation : std::runtime_error {
  using runtime_error::runtime_error;
};

inline constexpr unsigned max_seats = 8;
inline constexpr unsigned max_memory = 48;
inline constexpr u8 nobody = 255;
inline constexpr u8 nobody_yet = 254;

enum class standing : u8 { waits_to_start, runs, asleep, ended, stopped, dead };
enum class phase : u8 { idle, asking, inside, leaving };

/// News of a death. possible: the table may tell it, and need not.
enum class news : u8 { none, possible, due };

/// What was asked for in a slot.
struct wish {
  mode how;
  u8 first, last;
};
constexpr bool overlap(wish a, wish b) { return a.first <= b.last && b.first <= a.last; }
constexpr bool conflict(wish a, wish b) {
  return overlap(a, b) && (a.how == mode::exclusive || b.how == mode::exclusive);
}

/// What the referee knows about a slot: its requests as seen from outside.
struct seat {
  // The request of a living one.
  explore::phase phase;
  u8 actor;
  wish wants;
  u8 before;         // whose requests were queued before this call began: a set of seats
  u8 owed;           // whose news this call has to take along, or see taken: a set of seats
  bool met_another;  // somebody alive held, or waited, in conflict with it during this call
  news carries;      // taken along
  // What a dead one has left.
  bool orphan;  // its word is still there
  wish had;
  news left;
};

/// Trivial, and without padding that is not zero: it is compared by its bytes.
struct state {
  std::array<std::uint32_t, max_actors> at;  // of its automaton
  std::array<std::array<u8, known_tickets::capacity>, max_actors>
      known;  // the tickets that it knows there
  std::array<standing, max_actors> stands;
  std::array<u8, max_actors> in_call;  // the seat of its present call
  std::array<u8, max_lanes> claimed_by;
  u8 kills_left, stops_left, early_wakes_left;
  u8 hurried;       // whose present call has a time limit: a set of actors
  u8 late;          // whose time is over: a set of actors
  u8 tired;         // whose sleep has reached its bound since a word changed last: a set of actors
  bool troubled;    // somebody has been killed or stopped
  bool waker_lost;  // by one who may have been about to wake others
  u8 running;       // who took the last step; nobody: preemptions are not counted
  std::array<seat, max_seats> seats;
  alignas(8) std::array<u64, max_memory> memory;  // last: only a part of it is in use
};
static_assert(std::is_trivially_copyable_v<state>);

}  // namespace inturn::explore
