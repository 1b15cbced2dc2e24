#pragma once

#include <sys/types.h>

namespace inturn::measure {

/// Whether the kernel says that the process is blocked: it sleeps in a system call, and does not run, nor
/// wait for a CPU. False also where /proc does not say.
bool is_blocked(pid_t pid);

}  // namespace inturn::measure
