#pragma once

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/sys.hpp"
#include "kernel/kernel_lock.hpp"
#include "kernel/places.hpp"

namespace inturn::kernel {

/// flock(2): the whole file; owned by the open file description.
struct flock_lock {
  static constexpr lock::kind kind = lock::kind::flock;
  int fd;
  int operation;  // LOCK_SH or LOCK_EX

  int attempt() const { return base::sys.flock(fd, operation | LOCK_NB) == 0 ? 0 : errno; }
  int wait() const { return base::sys.flock(fd, operation) == 0 ? 0 : errno; }
  static bool is_conflict(int error) { return error == EWOULDBLOCK; }

  inturn::mode mode() const { return operation == LOCK_SH ? mode::shared : mode::exclusive; }
  inturn::range place() const { return {flock_byte, 1}; }
  answer owner_holds() const { return description_holds(fd); }
  bool is_hopeless() const { return is_refused_anyway(fd, F_UNLCK); }
};
static_assert(kernel_lock<flock_lock>);

}  // namespace inturn::kernel
