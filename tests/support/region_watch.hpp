#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "lock/snapshot.hpp"
#include "support/proc.hpp"
#include "support/until.hpp"

namespace inturn::test {

/// Looks at a region without taking part in it.
class region_watch {
 public:
  explicit region_watch(const std::filesystem::path& region);
  /// A region behind a descriptor.
  explicit region_watch(int fd);

  const region::mapped& region() const { return region_; }
  std::vector<lock::listed> requests() const { return lock::list_requests(region_); }

  std::size_t waiting() const;
  std::size_t holding() const;
  bool waits(pid_t pid) const;
  bool holds(pid_t pid) const;

  /// Queued, and asleep in the kernel until somebody wakes it.
  bool is_blocked(pid_t pid) const { return waits(pid) && asleep(pid); }

  bool until_waits(pid_t pid) const {
    return eventually([&] { return waits(pid); });
  }
  bool until_blocked(pid_t pid) const {
    return eventually([&] { return is_blocked(pid); });
  }
  bool until_holds(pid_t pid) const {
    return eventually([&] { return holds(pid); });
  }
  bool until_waiting(std::size_t many) const {
    return eventually([&] { return waiting() == many; });
  }

 private:
  region::mapped region_;
};

}  // namespace inturn::test
