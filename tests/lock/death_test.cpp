#include <gtest/gtest.h>

#include <algorithm>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Whoever is killed, holding or waiting, leaves nothing locked.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct Death : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};

  child holder(mode m = mode::exclusive, range where = {}) {
    child c([this, m, where] {
      lock_file mine(path);
      const hold h = mine.lock(m, where);
      for (;;) ::pause();
    });
    EXPECT_TRUE(watch.until_holds(c.pid()));
    return c;
  }
  /// Ends with 1 if it was told of a death, 0 if not.
  child waiter(mode m = mode::exclusive, range where = {}) {
    child c(
        [this, m, where]() -> int { return lock_file(path).lock(m, where).previous_owner_died(); });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  }
};

TEST_F(Death, OfTheHolderIsNoticedSoon) {
  std::vector<double> took;
  for (int round = 0; round < 9; ++round) {
    child dying = holder();
    shared<std::atomic<std::int64_t>> granted_at;
    child next([&] {
      const hold h = lock_file(path).lock();
      *granted_at = clock::now().time_since_epoch().count();
      require(h.previous_owner_died());
    });
    ASSERT_TRUE(watch.until_blocked(next.pid()));
    const auto killed_at = clock::now().time_since_epoch().count();
    dying.kill();
    ASSERT_EQ(next.wait(), 0);
    took.push_back(static_cast<double>(*granted_at - killed_at) / 1e6);
  }
  std::sort(took.begin(), took.end());
  std::printf("killed holder to next grant: median %.1f ms, at most %.1f ms\n",
              took[took.size() / 2], took.back());
  EXPECT_LT(took[took.size() / 2], 100.0);
}

TEST_F(Death, OfAWaiterInTheMiddleLetsTheOthersKeepTheirOrder) {
  shared<std::atomic<int>> next;
  hold mine = file.lock();
  const auto in_turn = [&](int place) {
    child c([&, place] {
      const hold h = lock_file(path).lock();
      require((*next)++ == place && !h.previous_owner_died());
    });
    EXPECT_TRUE(watch.until_blocked(c.pid()));
    return c;
  };
  child first = in_turn(0), middle = in_turn(-1), second = in_turn(1), last = in_turn(2);
  middle.kill();
  mine.release();
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(last.wait(), 0);
}

TEST_F(Death, OfTheFrontWaiterLetsTheNextGo) {
  hold mine = file.lock();
  child front = waiter();
  child next = waiter();
  front.kill();
  mine.release();
  EXPECT_EQ(next.wait(), 0);
}

TEST_F(Death, OfAWriterInFrontLetsTheReadersBehindItJoinTheReader) {
  const hold mine = file.lock(mode::shared);
  child writer = waiter();
  child reader = waiter(mode::shared), another = waiter(mode::shared);
  writer.kill();
  EXPECT_EQ(reader.wait(), 0);
  EXPECT_EQ(another.wait(), 0);
  EXPECT_TRUE(mine);
}

TEST_F(Death, OfAllInFrontAtOnce) {
  child dying = holder();
  std::vector<child> queue;
  for (int i = 0; i < 6; ++i) {
    queue.emplace_back([&] {
      lock_file mine(path);
      const hold h = mine.lock();
      for (;;) ::pause();  // if it is granted in the instant before it dies, then it dies holding
    });
    ASSERT_TRUE(watch.until_blocked(queue.back().pid()));
  }
  child last = waiter();
  dying.send(SIGKILL);
  for (auto& q : queue) q.send(SIGKILL);
  EXPECT_EQ(last.wait(), 1);
}

TEST_F(Death, OfOneWhoHoldsManyRangesFreesThemAll) {
  child dying([&] {
    lock_file mine(path);
    std::vector<hold> all;
    for (std::uint64_t i = 0; i < 20; ++i) all.push_back(mine.lock(mode::exclusive, {i * 10, 5}));
    for (;;) ::pause();
  });
  ASSERT_TRUE(eventually([&] { return watch.holding() == 20; }));
  std::vector<child> waiters;
  for (std::uint64_t i = 0; i < 20; ++i)
    waiters.push_back(waiter(mode::exclusive, {i * 10 + 4, 1}));
  dying.kill();
  for (auto& w : waiters) EXPECT_EQ(w.wait(), 1);
  EXPECT_TRUE(watch.requests().empty());
}

TEST_F(Death, OfAStoppedHolder) {
  child dying = holder();
  child next = waiter();
  dying.stop();
  dying.kill();
  EXPECT_EQ(next.wait(), 1);
}

}  // namespace
}  // namespace inturn::test
