#pragma once

#include "kernel/record.hpp"

namespace inturn::kernel {

/// Open file description locks: fcntl(2), F_OFD_SETLK; owned by the open file description.
struct ofd_lock : record_lock {
  static constexpr lock::kind kind = lock::kind::ofd;

  int attempt() const { return call(F_OFD_SETLK); }
  int wait() const { return call(F_OFD_SETLKW); }
  answer owner_holds() const { return description_holds(fd); }
};
static_assert(kernel_lock<ofd_lock>);

}  // namespace inturn::kernel
