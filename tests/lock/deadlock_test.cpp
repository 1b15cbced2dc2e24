#include <gtest/gtest.h>

#include <cerrno>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// EDEADLK where a wait could never end, and nowhere else. Between processes; tests of threads are
// in deadlock_threads_test.cpp.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

constexpr range A{0, 1}, B{1, 1}, both{0, 2};

struct Deadlock : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};

  /// Every way to ask in vain: refused by those that would wait, empty by the one that would not.
  void expect_refused(lock_file& by, mode m, range where = {}) {
    const auto before = watch.requests().size();
    EXPECT_EQ(error_of([&] { by.lock(m, where); }), EDEADLK);
    EXPECT_EQ(error_of([&] { by.try_lock_for(bound, m, where); }), EDEADLK);
    EXPECT_FALSE(by.try_lock(m, where));
    EXPECT_EQ(watch.requests().size(), before) << "a refused request left something";
  }
  child waiter(mode m, range where = {}) {
    child c([this, m, where] { lock_file(path).lock(m, where); });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  }
};

TEST_F(Deadlock, AskingForWhatOneHolds) {
  {
    const hold mine = file.lock(mode::exclusive, both);
    expect_refused(file, mode::exclusive, both);
    expect_refused(file, mode::shared, both);
    expect_refused(file, mode::exclusive, {1, 0});
    lock_file again(path);
    expect_refused(again, mode::exclusive, B);
    EXPECT_TRUE(file.lock(mode::exclusive, {2, 1}));
    EXPECT_TRUE(mine);
  }
  const hold reads = file.lock(mode::shared);
  expect_refused(file, mode::exclusive);
  EXPECT_NE(message_of([&] { file.lock(); }).find(path.string()), std::string::npos);
  EXPECT_TRUE(file.lock(mode::shared));  // nobody waits
}

TEST_F(Deadlock, WaitingBehindOneWhoWaitsForUs) {
  hold reads = file.lock(mode::shared);
  child writer = waiter(mode::exclusive);
  expect_refused(file, mode::shared);
  EXPECT_TRUE(watch.is_blocked(writer.pid()));
  reads.release();
  EXPECT_EQ(writer.wait(), 0);
}

TEST_F(Deadlock, TwoProcessesCrosswise) {
  hold a = file.lock(mode::exclusive, A);
  child other([&] {
    lock_file mine(path);
    const hold b = mine.lock(mode::exclusive, B);
    mine.lock(mode::exclusive, A);
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  expect_refused(file, mode::exclusive, B);
  expect_refused(file, mode::shared, both);
  a.release();
  EXPECT_EQ(other.wait(), 0);
}

TEST_F(Deadlock, ThroughAPlaceInTheQueue) {
  // c holds B and waits for nothing; d waits for A and B, so for us too; we ask for B, behind d.
  shared<milestone> go_on;
  child c([&] {
    lock_file mine(path);
    const hold b = mine.lock(mode::exclusive, B);
    require(go_on->wait());
  });
  ASSERT_TRUE(watch.until_holds(c.pid()));
  hold a = file.lock(mode::exclusive, A);
  child d = waiter(mode::exclusive, both);
  expect_refused(file, mode::shared, B);
  go_on->reach();
  EXPECT_EQ(c.wait(), 0);
  expect_refused(file, mode::shared, B);  // d is still between
  a.release();
  EXPECT_EQ(d.wait(), 0);
}

TEST_F(Deadlock, ARingRefusesOne) {
  constexpr unsigned size = 6;
  struct page {
    milestone have_first;
    std::atomic<int> refused{0}, granted{0};
  };
  for (int round = 0; round < 20; ++round) {
    shared<page> ring;
    std::vector<child> all;
    for (unsigned i = 0; i < size; ++i) {
      all.emplace_back([&, i] {
        lock_file mine(path);
        hold first = mine.lock(mode::exclusive, {i, 1});
        ring->have_first.reach();
        require(ring->have_first.wait(size));
        const int error = error_of([&] { mine.lock(mode::exclusive, {(i + 1) % size, 1}); });
        require(error == 0 || error == EDEADLK);
        ++(error == 0 ? ring->granted : ring->refused);
      });
    }
    for (auto& c : all) ASSERT_EQ(c.wait(), 0);
    EXPECT_EQ(ring->refused, 1);
    EXPECT_EQ(ring->granted, int{size} - 1);
  }
}

TEST_F(Deadlock, NotOnTheAccountOfADetachedHold) {
  hold mine = file.lock();
  mine.detach();
  EXPECT_FALSE(file.try_lock_for(50ms));
  EXPECT_TRUE(mine);
  mine.release();
  EXPECT_TRUE(file.lock());
}

TEST_F(Deadlock, NotForADetachedHoldOfAnother) {
  const hold a = file.lock(mode::exclusive, A);
  child other([&] {
    lock_file mine(path);
    hold b = mine.lock(mode::exclusive, B);
    b.detach();
    mine.lock(mode::exclusive, A);
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  EXPECT_FALSE(file.try_lock_for(50ms, mode::exclusive, B));
}

TEST_F(Deadlock, IsByTheAgentWhereOneIsGiven) {
  lock_file one(path, {.agent = 1}), also_one(path, {.agent = 1}), two(path, {.agent = 2});
  const hold mine = one.lock();
  expect_refused(one, mode::exclusive);
  expect_refused(also_one, mode::exclusive);
  EXPECT_FALSE(two.try_lock_for(20ms));
  EXPECT_FALSE(file.try_lock_for(20ms));  // the thread's own account
  child stranger([&] {
    // The numbers are each process's own.
    require(!lock_file(path, {.agent = 1}).try_lock_for(20ms));
  });
  EXPECT_EQ(stranger.wait(), 0);
}

TEST_F(Deadlock, AgentsOfOneThreadCrosswise) {
  lock_file one(path, {.agent = 1}), two(path, {.agent = 2});
  hold a = one.lock(mode::exclusive, A);
  child other([&] {
    lock_file mine(path, {.agent = 1});  // another process's agent 1
    const hold b = mine.lock(mode::exclusive, B);
    mine.lock(mode::exclusive, A);
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  EXPECT_FALSE(two.try_lock_for(20ms, mode::exclusive, B));
  expect_refused(one, mode::exclusive, B);
  a.release();
  EXPECT_EQ(other.wait(), 0);
}

TEST_F(Deadlock, NotForAWaitThatADeathWillEnd) {
  const hold a = file.lock(mode::exclusive, A);
  child other([&] {
    lock_file mine(path);
    const hold b = mine.lock(mode::exclusive, B);
    mine.lock(mode::exclusive, A);
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  other.kill();
  const hold b = file.lock(mode::exclusive, B);
  EXPECT_TRUE(b.previous_owner_died());
}

TEST_F(Deadlock, NotThroughOneWhoDiedFurtherOn) {
  // We hold A and want B; x holds B and waits for C; d held C and waited for A. Nobody clears d: x
  // is stopped.
  constexpr range C{2, 1};
  const hold a = file.lock(mode::exclusive, A);
  const auto holds_and_waits = [&](range held, range wanted) {
    child c([this, held, wanted] {
      lock_file mine(path);
      const hold first = mine.lock(mode::exclusive, held);
      mine.lock(mode::exclusive, wanted);
    });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  };
  child d = holds_and_waits(C, A);
  child x = holds_and_waits(B, C);
  EXPECT_EQ(error_of([&] { file.lock(mode::exclusive, B); }), EDEADLK);
  x.stop();
  d.kill();
  EXPECT_FALSE(file.try_lock_for(50ms, mode::exclusive, B));
  x.resume();
  EXPECT_TRUE(file.lock(mode::exclusive, B));
  EXPECT_EQ(x.wait(), 0);
}

TEST_F(Deadlock, NotForProcessesThatKeepAnOrder) {
  constexpr int processes = 6, rounds = 1000;
  std::vector<child> all;
  for (unsigned p = 0; p < processes; ++p) {
    all.emplace_back([&, p] {
      lock_file mine(path);
      for (unsigned i = 0; i < rounds; ++i) {
        const mode m = (i + p) % 3 == 0 ? mode::exclusive : mode::shared;
        const hold a = mine.lock(m, A);
        const hold b = mine.lock(mode::exclusive, B);
      }
    });
  }
  for (auto& c : all) EXPECT_EQ(c.wait(60s), 0);
}

}  // namespace
}  // namespace inturn::test
