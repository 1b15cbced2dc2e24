#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "preload/text.hpp"

// Which kernel locks are held is asked of the kernel, in /proc/thread-self/fdinfo, when it matters
// (src/kernel/holds.hpp says why there is no table of ours, and is the like of this).

namespace inturn::preload {

enum class answer : std::uint8_t { no, yes, unknown };

/// One lock that a descriptor lists.
struct listed_lock {
  enum class type : std::uint8_t { flock, posix, ofd } kind;
  bool exclusive;
  std::uint64_t first, last;
};

/// Whether any kernel lock was taken through this description and is still held.
answer description_holds(int fd);

/// Whether this process holds a POSIX lock on that file, taken through whatever descriptor.
answer process_holds_posix(const struct stat& file);

/// Whether this process has any kernel lock on any file.
answer process_holds_any();

/// Whether this process has a lock that another may be waiting for, as far as one who polls for locks on
/// that file is concerned: any, but those that an SQLite connection keeps as long as it is open, and nobody
/// waits for. unknown, too, if it has very many descriptors.
answer process_is_in_the_way(int fd, const struct stat& file);

}  // namespace inturn::preload
