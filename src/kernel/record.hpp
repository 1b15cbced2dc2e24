#pragma once

#include <fcntl.h>

#include <cerrno>

#include "base/sys.hpp"
#include "kernel/kernel_lock.hpp"
#include "kernel/places.hpp"

namespace inturn::kernel {

/// What fcntl's two kinds of record lock have in common: a range of bytes.
struct record_lock {
  int fd;
  short type;           // F_RDLCK, F_WRLCK or F_UNLCK
  inturn::range where;  // starts at an offset that exists

  int call(int command) const {
    struct ::flock asked {};
    asked.l_type = type;
    asked.l_whence = SEEK_SET;
    asked.l_start = static_cast<off_t>(where.start);
    asked.l_len = ends_early() ? static_cast<off_t>(where.length) : 0;  // 0: to the end
    return base::sys.record_lock(fd, command, &asked) == 0 ? 0 : errno;
  }
  static bool is_conflict(int error) { return error == EAGAIN || error == EACCES; }

  inturn::mode mode() const { return type == F_RDLCK ? mode::shared : mode::exclusive; }
  inturn::range place() const {
    return {where.start, ends_early() ? where.length : last_offset - where.start + 1};
  }
  bool is_hopeless() const { return is_refused_anyway(fd, type); }

 private:
  bool ends_early() const { return where.length != 0 && where.length <= last_offset - where.start; }
};

}  // namespace inturn::kernel
