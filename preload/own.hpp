#pragma once

#include <atomic>
#include <cstdint>

#include "preload/poll_history.hpp"
#include "table/shared.hpp"

// What belongs to this process alone: its lanes in side regions, and how it has polled. It lies in memory
// that the kernel empties in every child that gets a copy of it (MADV_WIPEONFORK), however it was forked.
// All zero is a process that has done nothing yet.

namespace inturn::preload {

inline constexpr std::uint32_t most_files = 64;
inline constexpr std::uint32_t most_lanes =
    16;  // of one process in one side region: seven requests each

struct own_lane {
  std::atomic<std::uint32_t> number_plus_1;  // 0: none yet. Written last, under `growing`
  std::atomic<std::uint32_t> free;           // a bit a slot
  std::atomic<void*> claim;                  // the mapping that keeps it
  /// Who asks in each slot, as the kernel counts owners (flight.hpp). Written before the request.
  std::atomic<std::uint64_t> owners[table::slots_per_lane];
};

/// Of the file of the same index in the table of files.
struct own_file {
  own_lane lanes[most_lanes];
  poll_history polls;
};

struct own_process {
  std::atomic<std::uint32_t> pid;         // 0: nobody has asked yet
  std::atomic<std::uint64_t> generation;  // tells this process from those that it was forked from
  std::atomic<std::uint32_t> pid_namespace;
  std::atomic<std::uint32_t> growing;  // 1 while a thread claims a lane
  own_file files[most_files];
};

/// nullptr: there is no such memory to be had, and nothing is done in turn.
own_process* own();

/// Whether the caller is the process that this memory belongs to: not a vfork child, which runs in its
/// parent's memory and must leave nothing there. The first one to ask becomes that process.
bool is_own_process();

/// An instant lock between threads: false if it is not to be had soon, because its holder has been
/// stopped. Taken with all signals blocked.
bool begin_growing();
void end_growing();

}  // namespace inturn::preload
