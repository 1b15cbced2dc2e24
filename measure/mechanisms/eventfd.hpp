#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"

namespace inturn::measure {

class eventfd_place {
 public:
  explicit eventfd_place(const site&) : fd_(::eventfd(1, EFD_CLOEXEC | EFD_SEMAPHORE)) {
    must(static_cast<bool>(fd_), "eventfd");
  }
  int fd() const { return fd_.get(); }

 private:
  base::unique_fd fd_;
};

/// A token that is read to lock and written back to unlock.
class eventfd_end {
 public:
  explicit eventfd_end(const eventfd_place& place) : fd_(place.fd()) {}
  void lock() {
    std::uint64_t token = 0;
    must(::read(fd_, &token, sizeof token) == sizeof token, "read from the eventfd");
  }
  void unlock() {
    constexpr std::uint64_t token = 1;
    must(::write(fd_, &token, sizeof token) == sizeof token, "write to the eventfd");
  }
  int descriptor() const { return fd_; }

 private:
  int fd_;
};

struct eventfd_lock {
  static constexpr std::string_view name = "eventfd";
  static constexpr std::string_view what = "an eventfd with one token, EFD_SEMAPHORE";
  static constexpr nature is{owner::nobody, true, false};
  using place = eventfd_place;
  using end = eventfd_end;
};

}  // namespace inturn::measure
