#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

namespace inturn::base {

/// Owns a descriptor.
class unique_fd {
 public:
  unique_fd() noexcept = default;
  explicit unique_fd(int fd) noexcept : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~unique_fd();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept { unique_fd().swap(*this); }
  void swap(unique_fd& other) noexcept { std::swap(fd_, other.fd_); }

 private:
  int fd_ = -1;
};

/// open(2) with O_CLOEXEC and O_NOCTTY, started again after EINTR, and never as descriptor 0, 1 or 2 (a
/// program that has closed those would write its messages into the region). Empty with errno on failure.
unique_fd open_file(const char* path, int flags, mode_t mode = 0);

/// The descriptor's name in /proc: of the calling thread, for /proc/self is empty once the main thread has
/// ended, and another thread may have descriptors of its own.
std::string proc_path(int fd);

/// A second, independent open file description of the file behind fd, through /proc.
unique_fd reopen(int fd, int flags);

/// Moves a descriptor out of the standard three.
unique_fd above_standard(unique_fd fd);

}  // namespace inturn::base
