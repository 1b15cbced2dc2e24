#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

// Raw system calls: the C library's functions of these names may be wrapped by others, and many of them are
// points at which a thread can be cancelled, where flock(2) is none. Each gives -errno when it fails.
// errno itself they spoil: a wrapper keeps the program's (outcome.hpp).

namespace inturn::preload::sys {

template <class... Arguments>
long call(long number, Arguments... arguments) noexcept {
  const long result = ::syscall(number, arguments...);
  return result == -1 ? -static_cast<long>(errno) : result;
}

inline int look_at(int fd, struct stat& out) noexcept {
  return static_cast<int>(call(SYS_fstat, fd, &out));
}

inline int look_at(const char* path, struct stat& out, bool follow) noexcept {
  return static_cast<int>(
      call(SYS_newfstatat, AT_FDCWD, path, &out, follow ? 0 : AT_SYMLINK_NOFOLLOW));
}

/// Close-on-exec, and never the terminal of the process.
inline int open(const char* path, int flags, mode_t mode = 0) noexcept {
  long fd;
  do {
    fd = call(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, mode);
  } while (fd == -EINTR);
  return static_cast<int>(fd);
}

inline void close(int fd) noexcept { call(SYS_close, fd); }

inline long read(int fd, void* into, std::size_t size) noexcept {
  return call(SYS_read, fd, into, size);
}

inline long link_text(const char* path, char* into, std::size_t size) noexcept {
  return call(SYS_readlinkat, AT_FDCWD, path, into, size);
}

inline int control(int fd, int command, const void* argument) noexcept {
  return static_cast<int>(call(SYS_fcntl, fd, command, argument));
}

inline int control(int fd, int command, long argument) noexcept {
  return static_cast<int>(call(SYS_fcntl, fd, command, argument));
}

inline pid_t process() noexcept { return static_cast<pid_t>(call(SYS_getpid)); }
inline pid_t thread() noexcept { return static_cast<pid_t>(call(SYS_gettid)); }
inline uid_t user() noexcept { return static_cast<uid_t>(call(SYS_geteuid)); }

/// Whether these bytes of the program's can be read: the kernel refuses the nonsensical first argument
/// only after it has read the second.
inline bool can_read(const void* at, std::size_t size) noexcept {
  constexpr long nonsense = 12345, set_size = 8;
  const auto* const first = static_cast<const char*>(at);
  const auto reads = [](const char* word) {
    return call(SYS_rt_sigprocmask, nonsense, word, nullptr, set_size) != -EFAULT;
  };
  return reads(first) && reads(first + size - set_size);
}

}  // namespace inturn::preload::sys
