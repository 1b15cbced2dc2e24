#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace inturn::test {

/// The state letter of /proc/PID/stat: 'R', 'S', 'T', ...; 0 when there is none.
char state_of_process(pid_t pid);

/// Sleeps in a system call (not: about to sleep).
inline bool asleep(pid_t pid) { return state_of_process(pid) == 'S'; }

/// The calling process's descriptors, smallest first.
std::vector<int> open_descriptors();

/// How often a file is mapped by a process (0: the calling one).
std::size_t mappings_of(const std::string& file, pid_t pid = 0);

}  // namespace inturn::test
