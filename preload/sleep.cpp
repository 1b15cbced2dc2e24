#include "preload/sleep.hpp"

#include <linux/futex.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.hpp"
#include "preload/system.hpp"

namespace inturn::preload {

// Not FUTEX_WAIT, which with a time limit ends for every signal handler, SA_RESTART or not.
woken sleep_on(std::atomic<std::uint32_t>& word, std::uint64_t until_ns,
               all_signals_blocked& signals, bool can_be_cancelled) {
  futex_waitv one{};
  one.val = 1;
  one.uaddr = reinterpret_cast<std::uint64_t>(&word);
  one.flags = FUTEX_32;
  const timespec until = base::to_timespec(until_ns);
  // What came while signals were blocked, the plain call would have been in the kernel for.
  if (signals.would_interrupt()) return woken::by_signal;
  int type = PTHREAD_CANCEL_DEFERRED;
  if (can_be_cancelled) ::pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
  signals.let_through();
  const long result = sys::call(SYS_futex_waitv, &one, 1U, 0U, &until, CLOCK_MONOTONIC);
  signals.block_again();
  if (can_be_cancelled) ::pthread_setcanceltype(type, nullptr);
  if (result == -EINTR) return woken::by_signal;
  return result >= 0 || result == -EAGAIN || result == -ETIMEDOUT ? woken::somehow
                                                                  : woken::cannot_sleep;
}

}  // namespace inturn::preload
