#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>

struct flock;
struct timespec;

namespace inturn::base {

/// The one seam to the operating system: every call whose failure has to be handled goes through here,
/// so that tests can make it fail. Entries are the plain calls (results and errno as there).
/// Replaced only by tests, before other threads exist.
struct system_calls {
  int (*openat)(int dir, const char* path, int flags, mode_t mode);
  int (*fstat)(int fd, struct stat* out);
  int (*fstatfs)(int fd, struct statfs* out);
  int (*ftruncate)(int fd, off_t size);
  int (*fallocate)(int fd, int mode, off_t offset, off_t length);
  ssize_t (*pwrite)(int fd, const void* data, size_t size, off_t offset);
  int (*linkat)(int from_dir, const char* from, int to_dir, const char* to, int flags);
  int (*memfd_create)(const char* name, unsigned flags);
  void* (*mmap)(void* at, size_t size, int protection, int flags, int fd, off_t offset);
  /// fcntl(2) with a record lock: F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK, F_SETLK, F_SETLKW, F_GETLK.
  int (*record_lock)(int fd, int command, struct flock* lock);
  int (*flock)(int fd, int operation);
  /// futex(2), FUTEX_WAIT_BITSET on the monotonic clock, across processes. deadline nullptr: none.
  long (*futex_wait)(const void* word, unsigned expected, const struct timespec* deadline);
  /// futex(2), FUTEX_WAKE across processes: how many were asleep and have been woken.
  long (*futex_wake)(const void* word, int at_most);
  /// The same among those who share a word and each have bits of their own: FUTEX_WAKE_BITSET wakes all
  /// who sleep with one of these bits. 0, or -1 with errno, as futex_wait; how many have been woken.
  long (*futex_wait_bits)(const void* word, unsigned expected, const struct timespec* deadline,
                          unsigned bits);
  long (*futex_wake_bits)(const void* word, unsigned bits);
};

const system_calls& real_system();
extern constinit system_calls sys;

}  // namespace inturn::base
