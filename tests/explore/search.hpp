#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "explore/machine.hpp"

namespace inturn::explore {

/// Everything that was seen, by fingerprint; and with how few preemptions.
class visited_states {
 public:
  enum class finding : u8 { fresh, known, on_the_way };
  visited_states();
  /// known: seen before, with as few preemptions. on_the_way: seen, and not left yet.
  finding enter(u64 fingerprint, u8 preemptions);
  void leave(u64 fingerprint);
  std::size_t size() const { return count_; }

 private:
  std::size_t find(u64 fingerprint) const;
  void grow();
  std::vector<u64> keys_;
  std::vector<u8> marks_;  // preemptions, and whether it is on the way
  std::size_t count_ = 0;
};

using schedule = std::vector<choice>;

struct failure {
  std::string what;
  schedule steps;  // the last one breaks the promise, or leads to the end that must not be
};

struct result {
  std::size_t states = 0;
  std::size_t steps = 0;
  std::size_t learned = 0;  // local states of the processes
  bool all_seen = true;     // nothing was cut off
  u64 outside = 0;          // a digest of all states, seen from outside
  std::optional<failure> failed;
};

using clock = std::chrono::steady_clock;

/// How far to go.
struct limits {
  int preemptions = -1;  // at most; -1: any number
  clock::time_point until = clock::time_point::max();
  memory_of_code remembers = memory_of_code::what_matters;
  bool digest = false;
};

/// Depth first through all that can happen, until something is wrong.
result search(const scenario& s, const limits& l);

/// As text, and back: "0*12 k1 0" is twelve steps of process 0, process 1 is killed, another step.
std::string write(const schedule& steps);
schedule read_schedule(const std::string& text);

/// Goes through a schedule and says what happens; with no end given, what is wrong at its end.
void replay(const scenario& s, const schedule& steps,
            const std::function<void(const std::string&)>& say);

}  // namespace inturn::explore
