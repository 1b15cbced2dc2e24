#pragma once

#include <time.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.hpp"
#include "kernel/in_turn.hpp"

// The plain call, with the ways to wait that the kernel does not have.

namespace inturn::kernel {

inline bool is_over(const how_to_wait& how) { return base::monotonic_ns() >= how.until_ns; }

/// Tries again and again: quickly at first, for most holds are short.
template <kernel_lock L>
bool poll_kernel(const L& wanted, const how_to_wait& how) {
  constexpr std::uint64_t shortest_ns = 200'000, longest_ns = 5'000'000;
  for (std::uint64_t nap = shortest_ns;; nap = std::min(2 * nap, longest_ns)) {
    const int error = wanted.attempt();
    if (error == 0) return true;
    if (!L::is_conflict(error)) refuse(error, wanted.fd, L::kind);
    const std::uint64_t now = base::monotonic_ns();
    if (now >= how.until_ns) return false;
    const timespec until = base::to_timespec(std::min(now + nap, how.until_ns));
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }
}

/// Waits in the kernel until its lock is granted, or a signal of the caller's comes after the time is
/// over.
template <kernel_lock L>
bool wait_until_signal(const L& wanted, const how_to_wait& how) {
  while (!is_over(how)) {
    const int error = wanted.wait();
    if (error == 0) return true;
    if (error != EINTR) refuse(error, wanted.fd, L::kind);
  }
  return false;
}

/// False: conflict, or time over.
template <kernel_lock L>
bool take_from_kernel(const L& wanted, const how_to_wait& how) {
  if (how.wait == how_to_wait::how::until)
    return how.signal_ends_front ? wait_until_signal(wanted, how) : poll_kernel(wanted, how);
  const bool may_wait = how.wait == how_to_wait::how::for_ever;
  const int error = may_wait ? wanted.wait() : wanted.attempt();
  if (error == 0) return true;
  if (!may_wait && L::is_conflict(error)) return false;
  refuse(error, wanted.fd, L::kind);
}

}  // namespace inturn::kernel
