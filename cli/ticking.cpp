#include "cli/ticking.hpp"

#include <cerrno>

#include "base/clock.hpp"
#include "cli/failure.hpp"

namespace inturn::cli {
namespace {

constexpr std::uint64_t tick_ns = 10'000'000;

int tick_signal() { return SIGRTMIN; }

}  // namespace

ticking::ticking(std::uint64_t from_ns) {
  struct sigaction interrupt {};
  interrupt.sa_handler = [](int) {};  // no SA_RESTART: that is the point
  sigset_t tick;
  sigemptyset(&tick);
  sigaddset(&tick, tick_signal());
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = tick_signal();
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
    throw failure(status::system, explain("timer", "cannot wait with a time-out", errno,
                                          "raise the limit (ulimit -i)"));
  ::sigaction(tick_signal(), &interrupt, &old_action_);
  ::sigprocmask(SIG_UNBLOCK, &tick, &old_mask_);
  const itimerspec when{base::to_timespec(tick_ns), base::to_timespec(from_ns)};
  ::timer_settime(timer_, TIMER_ABSTIME, &when, nullptr);
}

ticking::~ticking() {
  ::timer_delete(timer_);
  // A tick that was pending has been delivered by now: the signal is not blocked.
  ::sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  ::sigaction(tick_signal(), &old_action_, nullptr);
}

}  // namespace inturn::cli
