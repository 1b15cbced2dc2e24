#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// An owner does what programs do with descriptors and processes. While it lives it must not be
// taken for dead; when it has been killed it must not be taken for alive, whoever of its making lives on.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct page {
  milestone ready;
  std::atomic<pid_t> outliver{0};
};

/// What a process does that outlives the owner: no cleaning up, no dying with its parent. Not for ever.
[[noreturn]] void live_on() {
  ::alarm(60);
  for (;;) ::pause();
}

struct deed {
  const char* name;
  bool leaves_outliver;
  void (*act)(lock_file&, page&);
};

void close_all(lock_file&, page&) { ::closefrom(3); }
void close_range_all(lock_file&, page&) { ::close_range(3, ~0U, 0); }
void close_fd(lock_file& file, page&) { ::close(file.fd()); }
void open_and_close_again(lock_file& file, page&) {
  // What drops POSIX locks.
  ::close(::open(("/proc/self/fd/" + std::to_string(file.fd())).c_str(), O_RDWR));
}

template <class Fork>
void leave_child(page& p, Fork fork) {
  const pid_t pid = fork();
  if (pid == 0) live_on();
  p.outliver = pid;
}
void by_fork(lock_file&, page& p) { leave_child(p, ::fork); }
void by_Fork(lock_file&, page& p) { leave_child(p, ::_Fork); }
void by_clone(lock_file&, page& p) {
  leave_child(p, [] { return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); });
}
void by_clone_with_descriptors(lock_file&, page& p) {
  leave_child(p, [] {
    return static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD | CLONE_FILES, 0, 0, 0, 0));
  });
}
void by_vfork(lock_file&, page& p) {
  const pid_t pid = ::vfork();
  if (pid == 0) {
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(127);
  }
  p.outliver = pid;
}
void by_spawn(lock_file&, page& p) {
  char* const arguments[] = {const_cast<char*>("sleep"), const_cast<char*>("60"), nullptr};
  pid_t pid = 0;
  require(::posix_spawnp(&pid, "sleep", nullptr, nullptr, arguments, environ) == 0);
  p.outliver = pid;
}
void by_spawn_with_our_descriptor(lock_file& file, page& p) {
  ::fcntl(file.fd(), F_SETFD, 0);
  by_spawn(file, p);
}
class Claims : public ::testing::TestWithParam<deed> {};

TEST_P(Claims, LiveAsLongAsTheOwner) {
  const temp_dir dir;
  const auto path = dir / "region";
  lock_file file(path);
  const region_watch watch(path);
  shared<page> seen;
  child owner([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    GetParam().act(mine, *seen);
    seen->ready.reach();
    for (;;) ::pause();
  });
  ASSERT_TRUE(seen->ready.wait());
  const child outliver = child::of(seen->outliver == 0 ? -1 : seen->outliver.load());
  ASSERT_EQ(outliver.pid() > 0, GetParam().leaves_outliver);

  EXPECT_FALSE(file.try_lock());
  EXPECT_FALSE(file.try_lock_for(30ms));
  EXPECT_FALSE(lock_file(path).try_lock());  // a newcomer does not take its lane
  child next([&] { return lock_file(path).lock().previous_owner_died() ? 1 : 0; });
  ASSERT_TRUE(watch.until_blocked(next.pid()));

  owner.kill();
  EXPECT_EQ(next.wait(), 1);
  EXPECT_EQ(outliver.runs(), GetParam().leaves_outliver);
}

INSTANTIATE_TEST_SUITE_P(
    After, Claims,
    ::testing::Values(deed{"closefrom", false, close_all},
                      deed{"close_range", false, close_range_all},
                      deed{"close_of_fd", false, close_fd},
                      deed{"open_and_close_again", false, open_and_close_again},
                      deed{"fork", true, by_fork}, deed{"_Fork", true, by_Fork},
                      deed{"clone", true, by_clone},
                      deed{"clone_with_descriptors", true, by_clone_with_descriptors},
                      deed{"vfork", true, by_vfork}, deed{"posix_spawn", true, by_spawn},
                      deed{"spawn_with_fd", true, by_spawn_with_our_descriptor}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace inturn::test
