#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "inturn/types.hpp"
#include "lock/participant.hpp"

namespace inturn::cli {

/// A kernel lock as /proc tells it: one line of /proc/locks, or of /proc/PID/fdinfo/FD after
/// "lock:".
struct kernel_lock {
  lock::kind kind = lock::kind::flock;
  inturn::mode mode = mode::exclusive;
  inturn::range range{};
  bool blocked = false;  // waits
  pid_t taker = 0;       // who asked; -1 for OFD locks; may be dead, its number another's
  std::string where;     // the kernel's own name of the file: comparable among such lines only
};

/// Empty: no lock of these kinds (a lease, say).
std::optional<kernel_lock> parse_lock_line(const std::string& line);

/// All of /proc/locks that wait.
std::vector<kernel_lock> blocked_locks();

/// All of /proc/locks that hold. One that is locked or unlocked meanwhile may be there or not.
std::vector<kernel_lock> held_locks();

}  // namespace inturn::cli
