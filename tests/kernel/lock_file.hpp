#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "inturn/turnstile.hpp"
#include "kernel/side.hpp"
#include "kernel/take.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

using namespace std::chrono_literals;
using how = kernel::how_to_wait::how;

inline kernel::how_to_wait within(std::chrono::nanoseconds time) {
  return {how::until, base::monotonic_ns() + static_cast<std::uint64_t>(time.count())};
}

/// A lock file, and a runtime directory of its own.
class lock_file_test : public ::testing::Test {
 protected:
  lock_file_test() {
    std::filesystem::create_directory(runtime);
    ::setenv("INTURN_RUNTIME_DIR", runtime.c_str(), 1);
    write_file(file, "");
    // Children of other users come here, too.
    for (const auto& [path, mode] : {std::pair(dir.path(), 0755), {runtime, 01777}, {file, 0666}})
      ::chmod(path.c_str(), static_cast<mode_t>(mode));
  }
  ~lock_file_test() override { ::unsetenv("INTURN_RUNTIME_DIR"); }

  /// A description of its own.
  base::unique_fd open(int flags = O_RDWR) const { return base::open_file(file.c_str(), flags); }

  /// The queue, made if it is missing, seen from outside.
  region_watch queue() const { return watch_queue_of(open().get()); }
  static region_watch watch_queue_of(int fd) {
    return region_watch(kernel::open_side(fd).region.name());
  }

  const temp_dir dir;
  const std::filesystem::path runtime = dir / "runtime";
  const std::filesystem::path file = dir / "lock";
};

/// At the front of the queue, asleep in the kernel's lock call.
inline bool until_front(const region_watch& queue, const child& c) {
  return eventually([&] { return queue.holds(c.pid()) && asleep(c.pid()); });
}
inline bool until_queued(const region_watch& queue, const child& c) {
  return queue.until_blocked(c.pid());
}

/// For children: drops what was inherited, locks of the test's among it, which would count as held here
/// too.
inline void forget_descriptors() { ::close_range(3, ~0U, 0); }

/// Takes a flock in turn, gives it back, and ends.
inline child passer(const std::filesystem::path& file, int operation) {
  return child([file, operation] {
    forget_descriptors();
    const auto fd = base::open_file(file.c_str(), O_RDWR);
    turnstile in_turn(fd.get());
    in_turn.flock(operation);
    in_turn.flock(LOCK_UN);
  });
}
/// The same with an OFD lock.
inline child passer(const std::filesystem::path& file, short type, range where) {
  return child([file, type, where] {
    forget_descriptors();
    const auto fd = base::open_file(file.c_str(), O_RDWR);
    turnstile in_turn(fd.get());
    in_turn.ofd(type, where);
    in_turn.ofd(F_UNLCK, where);
  });
}

}  // namespace inturn::test
