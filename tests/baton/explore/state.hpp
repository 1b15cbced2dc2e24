#pragma once

#include "baton/explore/sim.hpp"

namespace inturn::explore_baton {

struct process {
  bool alive = true;
  bool inside = false;      // took the turn, and has not handed it on
  unsigned place = nobody;  // whose claim it has
  bool joined = false;      // is a member in the word
  u32 bounds = 0;   // how many of its sleeps have ended by their bound since the turn last moved
  unsigned at = 0;  // the step of its script
  bool asleep = false;
  u64 tries_from = 0;        // what the word was when a try began, if it was a dead one's turn
  u32 late = 0;              // how often it may yet wake up early by itself
  std::vector<u64> answers;  // of the call in which it is, as far as they make a difference
  std::vector<op> asked;     // what they answered

  /// One more answer. Forgets what the code has forgotten.
  void hear(op what, u64 answer);
};

/// All that there is at one time, and what the referee remembers of the past.
struct state {
  u64 turn = 0, number = 0;
  u32 parked = 0;
  std::array<unsigned, relay::max_members> claims{};  // process + 1, or 0
  std::vector<process> all;
  u32 kills = 0;      // that may yet happen
  bool quiet = true;  // nobody was killed so far
  // The referee:
  bool news_owed = false;         // one died inside, and nobody has been told
  unsigned last_inside = nobody;  // who handed on last, in turn
  u32 owed = 0;                   // who must have the turn before that one has it again: processes
  unsigned named = nobody;        // the place to which it was handed by name
};

/// A rule is broken.
struct foul : std::runtime_error {
  using runtime_error::runtime_error;
};

struct scenario {
  std::string name{};
  std::vector<script> scripts{};
  u32 kills = 0;
  u64 tries_from = 0;            // what the word was when a try began, if it was a dead one's turn
  u32 late = 0;                  // early ends of sleeps, for each process
  unsigned joined = 0;           // how many of them are members already, at places 0, 1, ...
  std::optional<u64> hostile{};  // what the word is at first
};

/// Makes the access that a process wants; throws foul.
void perform(state& s, unsigned who, const access& wanted);
/// Begins and ends a call of a process.
void begin(state& s, unsigned who, const step& begun);
void conclude(state& s, unsigned who, const step& ended, const result& how);
void kill(state& s, unsigned who);

/// Tries everything. Returns how many states there were; throws foul with the way to it.
u64 search(const scenario& what);

}  // namespace inturn::explore_baton
