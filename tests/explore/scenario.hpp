#pragma once

#include <string>
#include <vector>

#include "explore/places.hpp"
#include "table/words.hpp"

// What is explored: a few processes, what each does, and what may befall them.

namespace inturn::explore {

/// One call that a process makes.
struct action {
  enum class kind : u8 {
    acquire,
    acquire_until,  // the time may be over at any look at the clock, or while asleep
    try_acquire,
    leave,  // if the slot holds
    claim,  // a lane of one who is dead, as a newcomer does; ends the process if there is none
    close,  // takes the lane's mark away, and gives the lane back
  } what = kind::acquire;
  mode how = mode::exclusive;
  u8 first = 0, last = 255;
  u8 slot = 0;
  u8 agent = 0;
};

struct actor {
  enum class start : u8 { at_once, after_a_death, after_all };
  std::string name;
  std::vector<action> script;
  start when = start::at_once;
  u8 lane = 0;  // no_lane: it claims one
};
inline constexpr u8 no_lane = 255;
inline constexpr unsigned max_actors = 5;

struct scenario {
  std::string name;
  std::vector<actor> actors;
  unsigned lanes = 0;
  unsigned slots = 1;        // used in each lane
  unsigned kills = 0;        // at any step of any process
  unsigned stops = 0;        // for ever
  unsigned early_wakes = 0;  // sleeps that end for no reason
  bool marks = false;        // lanes are marked as used by their owners, not beforehand
  bool watches = false;      // the next in line looks at the front's word before it sleeps
  int preemptions = -1;      // at most; -1: any number
};

/// All of them.
const std::vector<scenario>& scenarios();

}  // namespace inturn::explore
