#include "base/sys.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace inturn::base {
namespace {

int open_at(int dir, const char* path, int flags, mode_t mode) {
  return ::openat(dir, path, flags, mode);
}

int record_lock(int fd, int command, struct flock* lock) { return ::fcntl(fd, command, lock); }

// The words lie in memory that processes share: FUTEX_PRIVATE_FLAG must never be set.
long futex_wait_bits(const void* word, unsigned expected, const timespec* deadline, unsigned bits) {
  return ::syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, deadline, nullptr, bits);
}

long futex_wait(const void* word, unsigned expected, const timespec* deadline) {
  return futex_wait_bits(word, expected, deadline, FUTEX_BITSET_MATCH_ANY);
}

long futex_wake_bits(const void* word, unsigned bits) {
  return ::syscall(SYS_futex, word, FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, bits);
}

long futex_wake(const void* word, int at_most) {
  return ::syscall(SYS_futex, word, FUTEX_WAKE, at_most, nullptr, nullptr, 0);
}

constexpr system_calls real{
    .openat = open_at,
    .fstat = ::fstat,
    .fstatfs = ::fstatfs,
    .ftruncate = ::ftruncate,
    .fallocate = ::fallocate,
    .pwrite = ::pwrite,
    .linkat = ::linkat,
    .memfd_create = ::memfd_create,
    .mmap = ::mmap,
    .record_lock = record_lock,
    .flock = ::flock,
    .futex_wait = futex_wait,
    .futex_wake = futex_wake,
    .futex_wait_bits = futex_wait_bits,
    .futex_wake_bits = futex_wake_bits,
};

}  // namespace

const system_calls& real_system() { return real; }
constinit system_calls sys = real;

}  // namespace inturn::base
