#pragma once

#include <cstdint>

namespace inturn::preload {

/// While one of these lives, no signal handler runs in the calling thread, and no cancellation acts: what is
/// written to shared memory meanwhile is written whole. (Those signals that an instruction of our own may
/// raise are not blocked.)
class all_signals_blocked {
 public:
  all_signals_blocked();
  ~all_signals_blocked();
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;

  /// For a call that is to be disturbed as the program would have it: as it was, and blocked again.
  void let_through();
  void block_again();

  /// Whether a signal has come, and waits, that would end the plain call with EINTR: a handler without
  /// SA_RESTART will run.
  bool would_interrupt() const;

 private:
  std::uint64_t before_ = 0;  // the kernel's set
};

/// Whether the thread runs on a stack that was set up for signal handlers: there is little room on it, and
/// addresses on it do not tell which call is inside which.
bool is_on_signal_stack();

}  // namespace inturn::preload
