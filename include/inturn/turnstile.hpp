#pragma once

#include <chrono>
#include <memory>

#include "inturn/export.hpp"
#include "inturn/types.hpp"

namespace inturn {

/// Kernel file locks, taken in turn.
///
/// For a lock that others may take with plain flock(2) or fcntl(2). The lock itself is the kernel's: it
/// excludes those strangers, belongs to the open file description, is inherited over fork and exec, and
/// ends with the last descriptor. What is added is the order: those who come through a turnstile wait in
/// a queue (a region in the runtime directory, never in or beside the lock file), and only the front of
/// the queue waits in the kernel. So of two turnstile calls that conflict, the one that came first is
/// granted first; strangers may still get in between.
///
/// Who does not queue, but goes straight to the kernel:
///   - LOCK_UN and F_UNLCK;
///   - a description that already holds any lock on the file (conversions, further ranges): whoever is
///     ahead in the queue may be waiting for just that lock;
///   - after one second in the queue, a process that holds kernel locks elsewhere, for the same reason;
///   - one behind others that are all stopped (SIGSTOP), if the kernel's lock is free;
///   - everybody, when there is no queue to be had (docs/turnstile.md says when).
/// So a call does not hang where the plain one would not (docs/turnstile.md: how, and what remains).
///
/// Uses one more descriptor, close-on-exec, for flock and for OFD locks each, from the first call on.
///
/// Thread-safe: any number of threads at a time. Between threads that use one descriptor the kernel makes
/// no difference: the lock is the description's. After fork, parent and child may both go on using theirs.
/// The descriptor stays the caller's, and must stay open, and the same file, as long as the turnstile is
/// used. Movable; a moved-from turnstile may only be destroyed or assigned to.
///
/// Errors are std::system_error with the errno of flock(2) or fcntl(2), and the file's name in what():
/// EBADF:  not open, or not open for what F_RDLCK and F_WRLCK need.
/// EINVAL: no such operation or type, or a range that starts beyond 2^63 - 1.
/// EINTR:  a signal handler without SA_RESTART ran while the call waited in the kernel. (Signals do not
///         end a wait in the queue.)
/// ENOLCK: the kernel has no memory for locks.
/// A side region that cannot be had (no space, no permission, not trusted) is not an error: the plain call
/// is made.
class INTURN_API turnstile {
 public:
  /// fd: the lock file, already open in any way that flock(2) or fcntl(2) accept: a regular file, a
  /// directory, a device. Does nothing yet: errors come from the first call.
  /// Of the options, mode has no meaning here: whoever may open the lock file may join its queue.
  /// agent 0: the descriptor (requests through one descriptor never wait for each other).
  explicit turnstile(int fd, options = {});
  turnstile(turnstile&&) noexcept;
  turnstile& operator=(turnstile&&) noexcept;
  ~turnstile();

  /// As flock(2): LOCK_SH, LOCK_EX or LOCK_UN, with LOCK_NB or not. Waits for ever unless LOCK_NB.
  /// EWOULDBLOCK: LOCK_NB, and somebody holds a conflicting lock or waits for one in the queue.
  void flock(int operation);

  /// The same with a time limit; false: the time was over before it was granted. 0 and less, or LOCK_NB:
  /// a try. No signal, mask or timer of the program is touched. In the queue it sleeps; at the front, as
  /// the kernel has no timed file lock, it tries again and again, every 0.2 ms at first, every 5 ms later:
  /// so the grant comes up to 5 ms late, and a stranger that comes by between two tries gets in, or one
  /// that waits in the kernel is served first. Those in turn stay behind it. A conversion loses the lock
  /// held before when the time is over, as with LOCK_NB.
  bool flock_for(int operation, std::chrono::nanoseconds);

  /// An open file description lock (fcntl's F_OFD_SETLKW) on a range: F_RDLCK, F_WRLCK or F_UNLCK.
  /// Waits for ever. Ends beyond 2^63 - 1 are the same as "to the end".
  void ofd(short type, range);

  /// The same with a time limit, as flock_for. 0 and less: a try.
  bool ofd_for(short type, range, std::chrono::nanoseconds);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace inturn
