#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/fd.hpp"
#include "inturn/lock.hpp"
#include "region/layout.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// fork() in one thread while others are making claims: no child may get hold of one.

namespace inturn::test {
namespace {

/// Whether anybody has any claim in the region.
bool is_claimed(const std::filesystem::path& region) {
  const base::unique_fd fd = base::open_file(region.c_str(), O_RDWR);
  struct flock any {};
  any.l_type = F_WRLCK;
  any.l_len = table::max_lanes;
  require(::fcntl(fd.get(), F_OFD_GETLK, &any) == 0);
  return any.l_type != F_UNLCK;
}

TEST(ForkWindow, NoChildKeepsAClaimOfItsParents) {
  const temp_dir dir;
  const auto path = dir / "region";
  // In a child: gtest's own process must have no other threads when it forks.
  child parent([&] {
    std::atomic<bool> over{false};
    std::vector<std::thread> openers;
    for (int t = 0; t < 3; ++t) {
      openers.emplace_back([&] {
        while (!over) lock_file(path).lock();
      });
    }
    std::vector<pid_t> children;
    for (int i = 0; i < 150; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::alarm(60);
        for (;;) ::pause();
      }
      children.push_back(pid);
      nap(std::chrono::microseconds(50));
    }
    over = true;
    for (auto& t : openers) t.join();
    const bool kept = is_claimed(path);
    for (const pid_t pid : children) child::of(pid).kill();
    require(!kept);
  });
  EXPECT_EQ(parent.wait(), 0);
  lock_file file(path);
  EXPECT_TRUE(is_claimed(path));
}

}  // namespace
}  // namespace inturn::test
