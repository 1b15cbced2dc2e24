#pragma once

#include <functional>
#include <string>
#include <vector>

namespace demo {

/// One of the two that are compared: flock, or inturn on the same kernel lock.
struct contender {
  std::string name;
  /// The command line up to the lock file, e.g. {"inturn", "run"}.
  std::vector<std::string> command;
  /// Opens the lock file in the calling process; the result makes flock(2)-like calls on it.
  std::function<std::function<void(int operation)>(const std::string& lock)> open;

  std::vector<std::string> running(const std::string& lock, const std::vector<std::string>& what,
                                   const std::vector<std::string>& flags = {}) const {
    std::vector<std::string> line = command;
    line.insert(line.end(), flags.begin(), flags.end());
    line.push_back(lock);
    line.insert(line.end(), what.begin(), what.end());
    return line;
  }
};

// The four questions. Each on a lock file of its own; answers are for the table's cells.

struct barging {
  double mean;
  long most;
};
/// A process that locks in a loop without pause, and a sleeping waiter: how often is the waiter
/// passed?
barging pass_a_waiter(const contender& who, const std::string& lock);

/// Overlapping readers, and a writer: how long does it wait? Negative: not granted within `cap`
/// seconds.
double starve_a_writer(const contender& who, const std::string& lock, double cap);

struct queueing {
  std::vector<int> order;  // in which the numbered commands ran
  long walked_in = 0;      // how often the barging process got the lock while some of them waited
};
/// Twenty commands queue behind a process that then locks again and again.
queueing queue_commands(const contender& who, const std::string& lock);

struct recovery {
  double next_ms = -1;     // from the holder's death until the next command runs; negative: never
  std::vector<int> order;  // of the waiters that were not killed
};
/// The holder is killed, and before that the second of four waiters.
recovery kill_the_holder(const contender& who, const std::string& lock);

}  // namespace demo
