#include <gtest/gtest.h>
#include <signal.h>

#include <limits>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Tries and time limits: what they give, and that they leave nothing behind.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct Try : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
  shared<milestone> go_on;

  /// Holds until go_on.
  child holder(mode m, range where = {}) {
    child c([this, m, where] {
      lock_file mine(path);
      const hold h = mine.lock(m, where);
      require(go_on->wait());
    });
    EXPECT_TRUE(watch.until_holds(c.pid()));
    return c;
  }
  child waiter(mode m, range where = {}) {
    child c([this, m, where] { lock_file(path).lock(m, where); });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  }
};

TEST_F(Try, GivesAHoldThatIsLikeAnyOther) {
  auto mine = file.try_lock(mode::shared, {3, 4});
  ASSERT_TRUE(mine);
  EXPECT_TRUE(*mine);
  EXPECT_EQ(mine->mode(), mode::shared);
  EXPECT_EQ(mine->range().start, 3U);
  EXPECT_EQ(mine->range().length, 4U);
  EXPECT_FALSE(mine->previous_owner_died());
  mine->release();
  EXPECT_FALSE(*mine);
  EXPECT_TRUE(watch.requests().empty());
}

TEST_F(Try, FailsForALiveHolderAndLeavesNothing) {
  const child writer = holder(mode::exclusive, {0, 10});
  EXPECT_FALSE(file.try_lock());
  EXPECT_FALSE(file.try_lock(mode::shared));
  EXPECT_FALSE(file.try_lock(mode::shared, {9, 1}));
  EXPECT_TRUE(file.try_lock(mode::exclusive, {10, 1}));
  EXPECT_EQ(watch.requests().size(), 1U);
}

TEST_F(Try, OfReadersGoesWithReaders) {
  const child reader = holder(mode::shared);
  EXPECT_TRUE(file.try_lock(mode::shared));
  EXPECT_FALSE(file.try_lock(mode::exclusive));
}

TEST_F(Try, FailsForALiveWaiterAheadThatConflicts) {
  const child reader = holder(mode::shared);
  const child writer = waiter(mode::exclusive, {0, 5});
  EXPECT_FALSE(file.try_lock(mode::shared));
  EXPECT_FALSE(file.try_lock(mode::shared, {4, 0}));
  EXPECT_TRUE(file.try_lock(mode::shared, {5, 0}));
}

TEST_F(Try, ClearsADeadHolder) {
  child writer = holder(mode::exclusive);
  writer.kill();
  const auto mine = file.try_lock();
  ASSERT_TRUE(mine);
  EXPECT_TRUE(mine->previous_owner_died());
}

TEST_F(Try, ClearsADeadWaiter) {
  const child reader = holder(mode::shared);
  child writer = waiter(mode::exclusive);
  writer.kill();
  const auto mine = file.try_lock(mode::shared);
  ASSERT_TRUE(mine);
  EXPECT_FALSE(mine->previous_owner_died());
}

TEST_F(Try, ClearsAllTheDeadButNotTheLiving) {
  const child reader = holder(mode::shared);
  child one = waiter(mode::exclusive);
  child two = waiter(mode::exclusive);
  child three = waiter(mode::exclusive);
  one.kill();
  three.kill();
  EXPECT_FALSE(file.try_lock(mode::shared));
  two.kill();
  EXPECT_TRUE(file.try_lock(mode::shared));
  EXPECT_EQ(watch.waiting(), 0U);
}

TEST_F(Try, DoesNotPassAStoppedHolder) {
  const child writer = holder(mode::exclusive);
  writer.stop();
  EXPECT_FALSE(file.try_lock());
  EXPECT_FALSE(file.try_lock_for(20ms));
}

TEST_F(Try, NoTimeIsATry) {
  const auto at_once = [&](auto call) {
    const auto begun = clock::now();
    auto got = call();
    EXPECT_LT(clock::now() - begun, 5s);
    return got.has_value();
  };
  const auto all_ways = [&] {
    int granted = 0;
    granted += at_once([&] { return file.try_lock_for(0ns); });
    granted += at_once([&] { return file.try_lock_for(-1ns); });
    granted += at_once([&] { return file.try_lock_for(std::chrono::nanoseconds::min()); });
    granted += at_once([&] { return file.try_lock_until(clock::time_point::min()); });
    granted += at_once([&] { return file.try_lock_until(clock::time_point{}); });
    granted += at_once([&] { return file.try_lock_until(clock::now() - 1s); });
    return granted;
  };
  EXPECT_EQ(all_ways(), 6);
  const child writer = holder(mode::exclusive);
  EXPECT_EQ(all_ways(), 0);
  EXPECT_EQ(watch.requests().size(), 1U);
}

TEST_F(Try, EndsWhenTheTimeIsOverAndNotBefore) {
  const child writer = holder(mode::exclusive);
  const auto begun = clock::now();
  EXPECT_FALSE(file.try_lock_for(100ms));
  const auto took = clock::now() - begun;
  EXPECT_GE(took, 100ms);
  EXPECT_LT(took, 10s);
  const auto until = clock::now() + 100ms;
  EXPECT_FALSE(file.try_lock_until(until));
  EXPECT_GE(clock::now(), until);
  EXPECT_EQ(watch.requests().size(), 1U);
}

TEST_F(Try, WithTimeIsGrantedWhenItsTurnComes) {
  for (const auto time : {std::chrono::nanoseconds(bound), std::chrono::nanoseconds::max()}) {
    hold mine = file.lock();
    child other([&] { require(lock_file(path).try_lock_for(time).has_value()); });
    ASSERT_TRUE(watch.until_blocked(other.pid()));
    mine.release();
    EXPECT_EQ(other.wait(), 0);
  }
  hold mine = file.lock();
  child other(
      [&] { require(lock_file(path).try_lock_until(clock::time_point::max()).has_value()); });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  mine.release();
  EXPECT_EQ(other.wait(), 0);
}

TEST_F(Try, TimeOverLetsTheNextGo) {
  hold mine = file.lock(mode::shared);
  child writer([&] { require(!lock_file(path).try_lock_for(500ms)); });
  ASSERT_TRUE(watch.until_waits(writer.pid()));
  child reader([&] { lock_file(path).lock(mode::shared); });
  // Behind the writer until that gives up; we hold all the while.
  EXPECT_EQ(writer.wait(), 0);
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(Try, TimeOverInTheMiddleKeepsTheOrderOfTheOthers) {
  struct page {
    std::atomic<int> next{0};
  };
  shared<page> order;
  hold mine = file.lock();
  const auto in_turn = [&](int place) {
    child c([&, place] {
      const hold h = lock_file(path).lock();
      require(order->next++ == place);
    });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  };
  child first = in_turn(0);
  child between([&] { require(!lock_file(path).try_lock_for(50ms)); });
  ASSERT_EQ(between.wait(), 0);
  child second = in_turn(1);
  mine.release();
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
}

TEST_F(Try, SignalsDoNotEndAWait) {
  struct page {
    std::atomic<int> signals{0};
  };
  static shared<page>* seen = nullptr;
  shared<page> counted;
  seen = &counted;
  hold mine = file.lock();
  child other([&] {
    struct sigaction action {};
    action.sa_handler = [](int) { ++(*seen)->signals; };  // without SA_RESTART
    ::sigaction(SIGUSR1, &action, nullptr);
    lock_file(path).lock();
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  for (int i = 1; i <= 20; ++i) {
    other.send(SIGUSR1);
    ASSERT_TRUE(eventually([&] { return counted->signals == i; }));
  }
  EXPECT_TRUE(watch.until_blocked(other.pid()));
  mine.release();
  EXPECT_EQ(other.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
