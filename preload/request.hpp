#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "lock/kind.hpp"
#include "plain.hpp"
#include "table/words.hpp"

namespace inturn::preload {

/// One call of the program's that asks for a lock. attempt() and wait() are the plain calls, with the
/// program's own arguments; both give 0 or the errno.
class request {
 public:
  /// operation: LOCK_SH or LOCK_EX.
  static request of_flock(int fd, int operation) {
    return {fd, lock::kind::flock, origin::flock, operation, nullptr, 0};
  }
  /// given: a struct flock of the program's; may be no memory at all.
  static request of_record(int fd, lock::kind kind, void* given) {
    return {fd, kind, origin::fcntl, 0, given, 0};
  }
  /// For unlocks, too.
  static request of_lockf(int fd, off_t length) {
    return {fd, lock::kind::posix, origin::lockf, 0, nullptr, length};
  }

  int fd() const { return fd_; }
  lock::kind kind() const { return kind_; }
  /// Whether a thread may be cancelled in wait().
  bool can_be_cancelled() const { return origin_ != origin::flock; }

  int attempt() const {
    switch (origin_) {
      case origin::flock:
        return outcome(plain().flock(fd_, operation_ | LOCK_NB));
      case origin::lockf:
        return outcome(plain().lockf(fd_, F_TLOCK, length_));
      default:
        return outcome(
            plain().fcntl(fd_, kind_ == lock::kind::ofd ? F_OFD_SETLK : F_SETLK, arguments_));
    }
  }
  int wait() const {
    switch (origin_) {
      case origin::flock:
        return outcome(plain().flock(fd_, operation_));
      case origin::lockf:
        return outcome(plain().lockf(fd_, F_LOCK, length_));
      default:
        return outcome(
            plain().fcntl(fd_, kind_ == lock::kind::ofd ? F_OFD_SETLKW : F_SETLKW, arguments_));
    }
  }
  /// What attempt() gives when somebody else has it.
  static bool is_conflict(int error) {
    return error == EWOULDBLOCK || error == EAGAIN || error == EACCES;
  }

  /// Whether the plain call has read its arguments already: if not, they may be no memory at all.
  enum class arguments : bool { unread, read };

  /// Of one whose arguments are read: what it was (F_RDLCK, F_WRLCK, F_UNLCK).
  short type_of_done() const {
    if (origin_ == origin::fcntl) return static_cast<const struct flock*>(arguments_)->l_type;
    return operation_ == LOCK_SH ? F_RDLCK : F_WRLCK;
  }

  /// What it asks for, as requests in a side region have it (docs/turnstile.md, 1). False: no lock
  /// that others could be in the way of, but an unlock, or nonsense, of which the plain call will tell.
  bool find_place(const struct stat& file, table::request& out, arguments are) const;
  /// The bytes alone, also of an unlock.
  bool find_bytes(const struct stat& file, table::extent& out, arguments are) const;

 private:
  enum class origin : std::uint8_t { flock, fcntl, lockf };
  request(int fd, lock::kind kind, origin from, int operation, void* given, off_t length)
      : fd_(fd),
        kind_(kind),
        origin_(from),
        operation_(operation),
        arguments_(given),
        length_(length) {}
  bool read_arguments(struct flock& out, arguments are) const;
  static int outcome(int result) { return result == 0 ? 0 : errno; }

  int fd_;
  lock::kind kind_;
  origin origin_;
  int operation_;
  void* arguments_;
  off_t length_;
};

}  // namespace inturn::preload
