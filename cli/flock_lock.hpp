#pragma once

#include <string>

#include "base/fd.hpp"
#include "cli/flock_options.hpp"

namespace inturn::cli {

/// What flock(1) does before its command: opens the lock file, and locks it, in turn, or unlocks it.
struct flock_outcome {
  base::unique_fd opened;   // by us: the lock file
  int fd = -1;              // it, or the descriptor that was named
  bool granted = false;     // false: a conflict, or the time is over
  bool timed_out = false;   // the latter
  double seconds = 0;       // that it took
  std::string out_of_turn;  // why the order is not guaranteed; empty: it is
};

/// Throws failure, in flock(1)'s words.
flock_outcome lock_or_unlock(const flock_options& options);

}  // namespace inturn::cli
