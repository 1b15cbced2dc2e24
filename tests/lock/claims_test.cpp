#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/pass_fd.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// An owner does what programs do with descriptors and processes. While it lives it must not be
// taken for dead; when it has been killed it must not be taken for alive, whoever of its making
// lives on.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct page {
  milestone ready;
  std::atomic<pid_t> outliver{0};
};

/// What a process does that outlives the owner: no cleaning up, no dying with its parent. Not for
/// ever.
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

struct Claim : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
  shared<page> seen;

  child waiter() {
    child c([this] { return lock_file(path).lock().previous_owner_died() ? 1 : 0; });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  }
};

TEST_F(Claim, IsNotSharedByWhoeverGotTheDescriptor) {
  // One peer keeps the descriptor, another also adopts it and maps the region. Both outlive the
  // owner.
  auto to_keeper = make_socket_pair(), to_adopter = make_socket_pair();
  child keeper([&] {
    const auto fd = receive_fd(to_keeper.theirs.get());
    seen->ready.reach();
    live_on();
  });
  child adopter([&] {
    lock_file theirs = lock_file::adopt(receive_fd(to_adopter.theirs.get()).get());
    require(!theirs.try_lock());
    seen->ready.reach();
    live_on();
  });
  child owner([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    send_fd(to_keeper.ours.get(), mine.fd());
    send_fd(to_adopter.ours.get(), mine.fd());
    for (;;) ::pause();
  });
  ASSERT_TRUE(seen->ready.wait(2));
  EXPECT_FALSE(file.try_lock_for(30ms));
  child next = waiter();
  owner.kill();
  EXPECT_EQ(next.wait(), 1);
  EXPECT_TRUE(keeper.runs());
  EXPECT_TRUE(adopter.runs());
}

TEST_F(Claim, IsTheProcesssNotTheThreads) {
  child owner([&] {
    std::optional<lock_file> mine;
    hold h;
    std::thread([&] { h = mine.emplace(path).lock(); }).join();
    seen->ready.reach();
    for (;;) ::pause();
  });
  ASSERT_TRUE(seen->ready.wait());
  EXPECT_FALSE(file.try_lock_for(30ms));
  child next = waiter();
  owner.kill();
  EXPECT_EQ(next.wait(), 1);
}

TEST_F(Claim, EndsWithExec) {
  child owner([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    require(seen->ready.wait());
    ::execlp("sleep", "sleep", "60", nullptr);
  });
  ASSERT_TRUE(watch.until_holds(owner.pid()));
  child next = waiter();
  seen->ready.reach();
  EXPECT_EQ(next.wait(), 1);
  EXPECT_TRUE(owner.runs());
}

TEST_F(Claim, EndsWithDaemonWhoseChildIsToldThatItIsNotTheOwner) {
  struct answers {
    std::atomic<int> lock{0}, try_lock{0}, timed{0}, release{0};
  };
  shared<answers> got;
  shared<milestone> go;
  child owner([&] {
    lock_file mine(path);
    hold h = mine.lock();
    require(go->wait());
    require(::daemon(0, 0) == 0);
    got->lock = error_of([&] { mine.lock(); });
    got->try_lock = error_of([&] { mine.try_lock(); });
    got->timed = error_of([&] { mine.try_lock_for(1s); });
    got->release = error_of([&] { h.release(); });
    seen->outliver = ::getpid();
    seen->ready.reach();
    live_on();
  });
  ASSERT_TRUE(watch.until_holds(owner.pid()));
  child next = waiter();
  go->reach();
  EXPECT_EQ(owner.wait(), 0);
  EXPECT_EQ(next.wait(), 1);
  ASSERT_TRUE(seen->ready.wait());
  const child daemon = child::of(seen->outliver);
  EXPECT_TRUE(daemon.runs());
  for (const auto* error : {&got->lock, &got->try_lock, &got->timed, &got->release})
    EXPECT_EQ(*error, EINVAL);
}

TEST_F(Claim, HoldsAcrossPidNamespaces) {
  child outside([&]() -> int {
    if (::unshare(CLONE_NEWPID) != 0) return 77;
    const pid_t inside = ::fork();  // not fork_body: its parent's pid is 0 there
    if (inside != 0) {
      seen->outliver = inside;
      int status = 0;
      ::waitpid(inside, &status, 0);
      return WIFSIGNALED(status) ? 0 : 1;
    }
    lock_file mine(path);
    const hold h = mine.lock();
    seen->ready.reach();
    live_on();
  });
  ASSERT_TRUE(eventually([&] { return seen->ready.count() > 0 || !outside.runs(); }));
  if (seen->ready.count() == 0 && outside.wait() == 77)
    GTEST_SKIP() << "may not make a pid namespace";
  ASSERT_TRUE(seen->ready.wait());
  EXPECT_FALSE(file.try_lock_for(30ms));
  child next = waiter();
  ::kill(seen->outliver, SIGKILL);
  EXPECT_EQ(next.wait(), 1);
  EXPECT_EQ(outside.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
