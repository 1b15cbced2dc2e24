#pragma once

#include <signal.h>
#include <time.h>

#include <cstdint>

namespace inturn::cli {

/// While it lives: from a time on (monotonic clock), a signal interrupts this thread's system
/// calls, again and again, so that a call which begins just after a signal is interrupted by the
/// next one. For programs that own their process: takes one real-time signal; the end of it puts
/// all back.
class ticking {
 public:
  explicit ticking(std::uint64_t from_ns);
  ~ticking();
  ticking(const ticking&) = delete;
  ticking& operator=(const ticking&) = delete;

 private:
  timer_t timer_{};
  struct sigaction old_action_ {};
  sigset_t old_mask_{};
};

}  // namespace inturn::cli
