#include "preload/signals.hpp"

#include <signal.h>

#include "preload/system.hpp"

namespace inturn::preload {
namespace {

constexpr std::size_t set_size = sizeof(std::uint64_t);  // the kernel's, not the C library's
static_assert(_NSIG - 1 == 64);

constexpr std::uint64_t bit(int signal_number) { return std::uint64_t{1} << (signal_number - 1); }
constexpr std::uint64_t never_blocked = bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) |
                                        bit(SIGTRAP) | bit(SIGABRT) | bit(SIGSYS);

void set_mask(std::uint64_t mask, std::uint64_t* before) {
  sys::call(SYS_rt_sigprocmask, SIG_SETMASK, &mask, before, set_size);
}

/// What rt_sigaction(2) reads and writes, on all machines with 64 bits.
struct kernel_action {
  void* handler;
  std::uint64_t flags;
  void* restorer;
  std::uint64_t mask;
};

bool interrupts(int signal_number) {
  kernel_action action{};
  if (sys::call(SYS_rt_sigaction, signal_number, nullptr, &action, set_size) != 0) return false;
  const bool has_handler = action.handler != reinterpret_cast<void*>(SIG_DFL) &&
                           action.handler != reinterpret_cast<void*>(SIG_IGN);
  return has_handler && (action.flags & SA_RESTART) == 0;
}

}  // namespace

all_signals_blocked::all_signals_blocked() { set_mask(~never_blocked, &before_); }
all_signals_blocked::~all_signals_blocked() { set_mask(before_, nullptr); }

void all_signals_blocked::let_through() { set_mask(before_, nullptr); }
void all_signals_blocked::block_again() { set_mask(~never_blocked, nullptr); }

bool all_signals_blocked::would_interrupt() const {
  std::uint64_t waiting = 0;
  if (sys::call(SYS_rt_sigpending, &waiting, set_size) != 0) return false;
  for (waiting &= ~before_; waiting != 0; waiting &= waiting - 1)
    if (interrupts(__builtin_ctzll(waiting) + 1)) return true;
  return false;
}

bool is_on_signal_stack() {
  stack_t now{};
  return sys::call(SYS_sigaltstack, nullptr, &now) == 0 && (now.ss_flags & SS_ONSTACK) != 0;
}

}  // namespace inturn::preload
