#pragma once

#include <cerrno>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "kernel/ahead.hpp"
#include "kernel/from_kernel.hpp"
#include "kernel/side.hpp"

// The wait in the queue, and the reasons not to, or no longer, wait there.

namespace inturn::kernel {

/// How often, and when at first, one who queues asks whether to go on with that. Long enough that
/// an honest queue moves on in the meantime, short enough for who would hang without it.
inline constexpr std::uint64_t doubt_every_ns = 1'000'000'000;

/// Thrown out of the wait in the queue: it goes on at the kernel.
struct leave_queue {
  std::string why;
  bool granted = false;  // the kernel has granted it already
};

/// Carries what the caller's own function has thrown through the wait.
struct callers_exception {
  std::exception_ptr thrown;
};

/// Why this request must not wait behind others; empty: it may.
template <kernel_lock L>
std::string reason_not_to_queue(const L& wanted) {
  if (wanted.is_hopeless()) return "the kernel will refuse it";
  if (wanted.owner_holds() == answer::yes)
    return name_of(wanted.fd) +
           ": out of turn, as a lock on it is held already, for which others may wait";
  return {};
}

/// What a request does each time that it has looked, and somebody is ahead.
template <kernel_lock L>
class vigil {
 public:
  vigil(const L& wanted, const how_to_wait& how, const region::mapped& side)
      : wanted_(wanted),
        how_(how),
        side_(side),
        next_doubt_(base::monotonic_ns() + doubt_every_ns) {}

  void operator()(std::uint32_t ahead) {
    if (how_.tell != nullptr && *how_.tell) try {
        (*how_.tell)(ahead);
      } catch (...) {
        throw callers_exception{std::current_exception()};
      }
    const std::uint64_t now = base::monotonic_ns();
    if (now < next_doubt_) return;
    next_doubt_ = now + doubt_every_ns;
    doubt();
  }

 private:
  void doubt() const {
    // Asked each time anew: another thread may have taken one meanwhile, or a process with which we share a
    // description.
    const answer others = process_holds_any();
    if (others == answer::yes)
      throw leave_queue{
          name_of(wanted_.fd) +
          ": out of turn after a while, as this process holds other file locks, for which "
          "those ahead may wait"};
    if (others == answer::unknown)
      throw leave_queue{name_of(wanted_.fd) +
                        ": out of turn after a while, as /proc does not say what " +
                        "locks this process holds (mount it)"};
    const auto stopped = all_ahead_are_stopped(side_, wanted_.mode(), wanted_.place());
    if (stopped && wanted_.attempt() == 0)
      throw leave_queue{name_of(wanted_.fd) +
                            ": out of turn, as those ahead are stopped (process " +
                            std::to_string(*stopped) + ": continue it, or end it)",
                        true};
  }

  const L& wanted_;
  const how_to_wait& how_;
  const region::mapped& side_;
  std::uint64_t next_doubt_;
};

}  // namespace inturn::kernel
