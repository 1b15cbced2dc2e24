#pragma once

#include <sys/types.h>

// The calls that are wrapped, as the program would find them without us: the C library's, or another
// preloaded library's behind us.

namespace inturn::preload {

struct plain_calls {
  int (*flock)(int fd, int operation);
  int (*fcntl)(int fd, int command, ...);
  int (*lockf)(int fd, int command, off_t length);
};

/// Found when the library is loaded; by whoever comes before that (another library's constructor), then.
const plain_calls& plain();

}  // namespace inturn::preload
