#pragma once

namespace inturn::kernel {

// Who holds which kernel locks is asked of the kernel, in /proc/thread-self/fdinfo, when it matters. A
// table of our own would be wrong: close() has too many roads, and other processes share descriptions
// with us.

enum class answer { no, yes, unknown };

/// Whether any kernel lock was taken through this description and is still held: one of its own, or the
/// process's (POSIX). Inherited ones count. unknown: /proc does not say; no: not a descriptor at all.
answer description_holds(int fd);

/// Whether this process holds a POSIX lock on the same file, taken through whatever descriptor.
answer process_holds_posix(int fd);

/// Whether this process has any kernel lock on any file, by any of its descriptors.
answer process_holds_any();

/// Whether the kernel would refuse F_RDLCK or F_WRLCK (as F_UNLCK: flock) through this descriptor
/// whatever the others hold, so that there is no point in waiting.
bool is_refused_anyway(int fd, short type);

}  // namespace inturn::kernel
