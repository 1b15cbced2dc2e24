#pragma once

#include "kernel/record.hpp"

namespace inturn::kernel {

/// POSIX record locks: fcntl(2), F_SETLK; owned by the process. The kernel sees deadlocks among these.
struct posix_lock : record_lock {
  static constexpr lock::kind kind = lock::kind::posix;

  int attempt() const { return call(F_SETLK); }
  int wait() const { return call(F_SETLKW); }
  answer owner_holds() const {
    const answer here = description_holds(fd);
    return here == answer::yes ? here : process_holds_posix(fd);
  }
};
static_assert(kernel_lock<posix_lock>);

}  // namespace inturn::kernel
