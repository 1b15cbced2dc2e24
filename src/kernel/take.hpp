#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inturn/types.hpp"
#include "lock/turn.hpp"

// Kernel locks taken in turn: wait in the queue of the lock file's side region, and only as the
// front of that queue in the kernel. docs/turnstile.md is this in prose.

namespace inturn::kernel {

struct how_to_wait {
  enum class how : std::uint8_t { never, until, for_ever } wait = how::for_ever;
  std::uint64_t until_ns = 0;  // monotonic clock (base::monotonic_ns)

  /// Called with the number of those ahead, each time that the request has looked while it queues;
  /// with 0 when it is the front and has to wait for who holds the lock. An exception thrown from it
  /// ends the wait and passes through.
  const lock::progress* tell = nullptr;

  /// How `until` is kept at the front, where the kernel knows no time-outs.
  /// false: by polling.
  /// true: by the blocking call, which a signal has to end; EINTR before until_ns is followed by
  /// another call. The caller owns a timer whose signal has a handler without SA_RESTART, and which
  /// goes on firing after until_ns (the first signal may come an instant before the call that it
  /// should end).
  bool signal_ends_front = false;
};

struct taken {
  bool granted = false;  // false: conflict, or time over
  std::optional<std::uint64_t>
      ticket;               // the fencing token; empty: not granted, or not in everybody's order
  std::string out_of_turn;  // why the order is not guaranteed, for people; empty: it is
};

// fd: the lock file's. A failure of the kernel call is thrown as std::system_error with its errno
// (EBADF, EDEADLK, EINTR, EINVAL, ENOLCK, ...). What fails at the side region never is: then the
// plain call is made, and out_of_turn says why.

/// operation: LOCK_SH or LOCK_EX.
taken take_flock(int fd, int operation, const how_to_wait& how, const options& given = {});
/// type: F_RDLCK or F_WRLCK. A range is clipped to the offsets that exist, up to 2^63 - 1.
taken take_ofd(int fd, short type, inturn::range where, const how_to_wait& how,
               const options& given = {});
/// The same with F_SETLKW: the lock is the process's.
taken take_posix(int fd, short type, inturn::range where, const how_to_wait& how,
                 const options& given = {});

}  // namespace inturn::kernel
