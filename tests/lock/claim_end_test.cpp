#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/pass_fd.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Whose a claim is, and what ends it: the process's, not a thread's, a peer's or a new program's.

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
  // One peer keeps the descriptor, another also adopts it and maps the region. Both outlive the owner.
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
