#pragma once

#include <cstdint>

namespace inturn::base {

/// What a process is called: a random number, drawn once, that a forked child does not inherit (however
/// it was forked) and that is never 0. A pid would come round again, and be another's in another pid
/// namespace. Costs one load of memory after the first call.
std::uint64_t process_identity();

/// An agent's number among all processes: the calling thread's, or that of the caller's own numbering.
std::uint64_t agent_identity(std::uint64_t given);

/// For people only (show, messages): the calling process, and its pid namespace.
struct names {
  std::uint32_t pid;
  std::uint32_t pid_namespace;
};
names my_names();

/// For people only: the calling thread's id. No system call after a thread's first call.
std::uint32_t my_thread_id();

/// The inode number of the calling process's pid namespace; 0 if /proc does not say.
std::uint32_t my_pid_namespace();

}  // namespace inturn::base
