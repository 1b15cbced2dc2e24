#pragma once

#include <cstdint>

#include "preload/files.hpp"
#include "preload/request.hpp"
#include "preload/world.hpp"
#include "table/scan.hpp"

namespace inturn::preload {

/// A call of the thread that is more than the plain one: the file that it uses, and its request in the
/// side region. It ends by end(), also when the thread is cancelled. What may come in between:
///   - a signal handler that makes such calls, inside of this one: they are plain;
///   - a signal handler that leaves by longjmp: what was left behind is found, and ended, by the thread's
///     next call, which is no longer inside of this one;
///   - a fork in a signal handler, whose child comes back here: then this is the parent's.
/// Whoever comes back from a place where signals are let through asks goes_on().
class flight {
 public:
  /// Whether the calling thread is inside of another call of ours, which began at a place nearer to the
  /// stack's beginning than `frame`.
  static bool is_inside_another(const void* frame);

  /// The thread's. Takes the pin over. With all signals blocked.
  static flight begin(const void* frame, pinned which);
  /// That one, if it still goes on, or else whatever it has become.
  bool goes_on() const;
  /// Gives up the request, if there is one, and wakes those who wait behind it. For the flight that goes
  /// on; else it does nothing.
  void end() const;

  file& of() const;
  /// Takes a slot for what the thread asks. False: none to be had; said.
  bool take_slot(int fd, std::uint64_t owner) const;
  table::slot_id slot() const;
  table::placed& mine() const;
  /// Takes a place in the order: QUEUED. `kind`, `agent` and `since` are as in table/shared.hpp.
  /// False: the region has given out all its tickets.
  bool enter(const table::request& asked, lock::kind kind, std::uint64_t since) const;

  /// Whether another thread of this process has a request that conflicts, for the same owner.
  bool meets_own(const table::request& asked, std::uint64_t owner) const;

 private:
  explicit flight(std::uint64_t serial) : serial_(serial) {}
  std::uint64_t serial_;
};

/// Who asks, as the kernel counts owners: the process for POSIX locks; else the description, for which the
/// descriptor stands. Requests of one owner are not in each other's way.
std::uint64_t owner_of(const request& asked);

/// The agent of all requests of those who poll (table/shared.hpp): so they know each other.
inline constexpr std::uint64_t polling_agent = 0x676e696c6c6f70U;

}  // namespace inturn::preload
