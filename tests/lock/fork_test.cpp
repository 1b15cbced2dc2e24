#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "inturn/mutex.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/role.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// A forked child owns nothing of its parent's, and cannot spoil it.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct Fork : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
  hold mine = file.lock(mode::exclusive, {0, 10});

  bool still_ours() {
    const auto all = watch.requests();
    return all.size() == 1 && all[0].holds &&
           all[0].pid == static_cast<std::uint32_t>(::getpid()) && all[0].ticket == mine.ticket();
  }

  /// Every call, in a child of ours: EINVAL, and no change.
  void expect_refused() {
    require(error_of([&] { file.lock(); }) == EINVAL);
    require(error_of([&] { file.lock(mode::shared, {100, 1}); }) == EINVAL);
    require(error_of([&] { file.try_lock(mode::shared, {100, 1}); }) == EINVAL);
    require(error_of([&] { file.try_lock_for(1s); }) == EINVAL);
    require(error_of([&] { file.try_lock_until(std::chrono::steady_clock::now()); }) == EINVAL);
    require(error_of([&] { mine.release(); }) == EINVAL);
    require(bool(mine) && mine.range().length == 10);
    mine.detach();
    require(message_of([&] { file.lock(); }).find(path.string()) != std::string::npos);
  }
};

TEST_F(Fork, InTheChildCallsAreRefused) {
  EXPECT_EQ(child([&] { expect_refused(); }).wait(), 0);
  EXPECT_TRUE(still_ours());
  // Not even detached: it is still on our account.
  EXPECT_EQ(error_of([&] { file.lock(); }), EDEADLK);
}

TEST_F(Fork, InAChildWithoutForkHandlersToo) {
  for (const long how : {0L, 1L}) {
    const pid_t pid =
        how == 0 ? ::_Fork() : static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    if (pid == 0) {
      expect_refused();
      ::_exit(0);
    }
    EXPECT_EQ(child::of(pid).wait(), 0);
    EXPECT_TRUE(still_ours());
  }
}

TEST_F(Fork, InAGrandchildToo) {
  EXPECT_EQ(child([&] { require(child([&] { expect_refused(); }).wait() == 0); }).wait(), 0);
  EXPECT_TRUE(still_ours());
}

TEST_F(Fork, TheChildsDestructorsDoNothing) {
  child c([&] {
    { const hold gone(std::move(mine)); }
    { const lock_file gone(std::move(file)); }
    require(mappings_of("region") == 1);  // the watch's own
  });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(still_ours());
  EXPECT_TRUE(file.try_lock(mode::exclusive, {10, 1}));
}

TEST_F(Fork, TheChildMayPutItsOwnInTheirPlace) {
  child c([&] {
    mine = hold();
    file = lock_file(path);
    require(!file.try_lock());
    mine = file.lock();
    require(bool(mine));
    mine.release();
  });
  ASSERT_TRUE(watch.until_blocked(c.pid()));
  mine.release();
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Fork, TheChildWaitsForTheParentsHoldLikeAnybody) {
  child c([&] {
    lock_file own(path);
    require(!own.try_lock(mode::exclusive, {9, 1}));
    require(bool(own.try_lock(mode::exclusive, {10, 1})));
    const hold h = own.lock();
    require(!h.previous_owner_died());
  });
  ASSERT_TRUE(watch.until_blocked(c.pid()));
  mine.release();
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Fork, TheParentsDeathIsNoticedThoughTheChildLives) {
  struct page {
    milestone ready;
    std::atomic<pid_t> outliver{0};
  };
  shared<page> seen;
  child parent([&] {
    lock_file theirs(path);
    hold h = theirs.lock(mode::exclusive, {10, 1});
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::alarm(60);
      // Has all that the parent had, and a participant of its own in the same region.
      const lock_file own(path);
      seen->ready.reach();
      for (;;) ::pause();
    }
    seen->outliver = pid;
    seen->ready.reach();
    for (;;) ::pause();
  });
  ASSERT_TRUE(seen->ready.wait(2));
  const child outliver = child::of(seen->outliver);
  EXPECT_FALSE(file.try_lock(mode::exclusive, {10, 1}));
  parent.kill();
  EXPECT_TRUE(file.lock(mode::exclusive, {10, 1}).previous_owner_died());
  EXPECT_TRUE(outliver.runs());
}

TEST_F(Fork, AMutexIsTheParentsToo) {
  mutex m(file, {20, 1});
  shared_mutex s(file, {21, 1});
  m.lock();
  s.lock_shared();
  child c([&] {
    require(error_of([&] { m.unlock(); }) == EINVAL);
    require(error_of([&] { s.unlock_shared(); }) == EINVAL);
    require(error_of([&] { m.try_lock(); }) == EINVAL);
    require(error_of([&] { s.lock_shared(); }) == EINVAL);
  });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(watch.holding(), 3U);
  m.unlock();
  s.unlock_shared();
  EXPECT_TRUE(still_ours());
}

const role lock_and_tell("lock-and-tell", [](const std::vector<std::string>& a) -> int {
  return lock_file(a.at(0)).lock().previous_owner_died() ? 1 : 0;
});
const role hold_and_become("hold-and-become", [](const std::vector<std::string>& a) -> int {
  lock_file file(a.at(0));
  const hold h = file.lock();
  become(lock_and_tell, a);  // the new program meets what the old one has left: a death
});

TEST_F(Fork, ExecLeavesNothingToTheNewProgram) {
  mine.release();
  EXPECT_EQ(execute(hold_and_become, {path}).wait(), 1);
  EXPECT_EQ(execute(lock_and_tell, {path}).wait(), 0);
}

TEST_F(Fork, ProgramsThatShareNothingButTheNameMeet) {
  child other = execute(lock_and_tell, {path});
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  mine.release();
  EXPECT_EQ(other.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
