#pragma once

#include <stdexcept>

namespace inturn::measure {

/// Somebody has sent SIGINT, SIGTERM or SIGHUP: what was begun is taken down, and nothing is left.
class interrupted : public std::runtime_error {
 public:
  explicit interrupted(int signal_number)
      : std::runtime_error("interrupted"), signal_number_(signal_number) {}
  int signal_number() const noexcept { return signal_number_; }

 private:
  int signal_number_;
};

/// While one lives these signals are noted instead of ending the process.
class interruptible {
 public:
  interruptible();
  ~interruptible();
  interruptible(const interruptible&) = delete;
  interruptible& operator=(const interruptible&) = delete;
};

/// Throws interrupted if one has come.
void stop_if_interrupted();

/// In a child: these signals are as they were before.
void forget_interruption();

}  // namespace inturn::measure
