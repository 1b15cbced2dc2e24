#include <gtest/gtest.h>
#include <unistd.h>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// previous_owner_died(): told once, of exclusive holders, to the next who overlaps.

namespace inturn::test {
namespace {

struct News : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};

  /// A process that dies holding. Returns what it had been told itself.
  bool die_holding(mode m = mode::exclusive, range where = {}) {
    shared<std::atomic<bool>> told;
    child c([&] {
      lock_file mine(path);
      const hold h = mine.lock(m, where);
      *told = h.previous_owner_died();
      ::kill(::getpid(), SIGKILL);
    });
    EXPECT_EQ(c.wait(), 128 + SIGKILL);
    return *told;
  }
  bool told(mode m = mode::exclusive, range where = {}) {
    return file.lock(m, where).previous_owner_died();
  }
};

TEST_F(News, IsToldOnce) {
  die_holding();
  EXPECT_TRUE(told());
  EXPECT_FALSE(told());
}

TEST_F(News, IsToldByEveryWayToBeGranted) {
  die_holding();
  EXPECT_TRUE(file.try_lock()->previous_owner_died());
  die_holding();
  EXPECT_TRUE(file.try_lock_for(bound)->previous_owner_died());
  die_holding();
  EXPECT_TRUE(told(mode::shared));
  die_holding();
  EXPECT_TRUE(file.try_lock(mode::shared)->previous_owner_died());
  EXPECT_FALSE(told());
}

TEST_F(News, DeadReadersLeaveNone) {
  die_holding(mode::shared);
  EXPECT_FALSE(told());
  EXPECT_FALSE(told(mode::shared));
}

TEST_F(News, DeadWaitersLeaveNone) {
  hold mine = file.lock();
  child c([&] { lock_file(path).lock(); });
  ASSERT_TRUE(watch.until_blocked(c.pid()));
  c.kill();
  mine.release();
  EXPECT_FALSE(told());
}

TEST_F(News, AnEndWithoutReleaseIsADeath) {
  child c([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    ::_exit(0);
  });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(told());
}

TEST_F(News, OneByteOfOverlapSpendsIt) {
  die_holding(mode::exclusive, {10, 10});
  EXPECT_FALSE(told(mode::exclusive, {0, 10}));
  EXPECT_FALSE(told(mode::exclusive, {20, 0}));
  EXPECT_TRUE(told(mode::exclusive, {19, 5}));
  EXPECT_FALSE(told(mode::exclusive, {10, 10}));
}

TEST_F(News, OfSeveralInOneRangeIsToldTogether) {
  die_holding(mode::exclusive, {0, 1});
  die_holding(mode::exclusive, {5, 1});
  EXPECT_TRUE(told());
  EXPECT_FALSE(told(mode::exclusive, {0, 1}));
  EXPECT_FALSE(told(mode::exclusive, {5, 1}));
}

TEST_F(News, OfTheToldOnesOwnDeathIsToldNext) {
  die_holding();
  EXPECT_TRUE(die_holding());
  EXPECT_TRUE(told());
  EXPECT_FALSE(told());
}

TEST_F(News, IsCarriedOnByAReaderThatWasToldAndDied) {
  die_holding();
  EXPECT_TRUE(die_holding(mode::shared));
  EXPECT_TRUE(told());
  EXPECT_FALSE(die_holding(mode::shared));
  EXPECT_FALSE(told());
}

TEST_F(News, EndsWithAToldOneThatReleased) {
  die_holding();
  child c([&] {
    lock_file mine(path);
    hold h = mine.lock(mode::shared);
    require(h.previous_owner_died());
    h.release();
    ::kill(::getpid(), SIGKILL);
  });
  EXPECT_EQ(c.wait(), 128 + SIGKILL);
  EXPECT_FALSE(told());
}

TEST_F(News, IsNotLostWithATryThatFailed) {
  die_holding(mode::exclusive, {0, 1});
  const hold other = file.lock(mode::exclusive, {1, 1});
  child c([&] { require(!lock_file(path).try_lock(mode::exclusive, {0, 2})); });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(told(mode::exclusive, {0, 1}));
}

TEST_F(News, WaitsForWhoeverComes) {
  // Everybody has gone: the news stays in the region.
  child c([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    ::_exit(0);
  });
  c.wait();
  for (int i = 0; i < 10; ++i)
    child([&] { lock_file(path).lock(mode::exclusive, {}).release(); }).wait();
  EXPECT_FALSE(told());  // the first of those was told
}

struct outcome {
  std::atomic<int> told{0}, granted{0};
  milestone all_in;
};

TEST_F(News, OneOfManyWaitersIsTold) {
  for (const mode m : {mode::exclusive, mode::shared}) {
    constexpr unsigned many = 12;
    shared<outcome> seen;
    child dying([&] {
      lock_file mine(path);
      const hold h = mine.lock();
      for (;;) ::pause();
    });
    ASSERT_TRUE(watch.until_holds(dying.pid()));
    std::vector<child> waiters;
    for (unsigned i = 0; i < many; ++i) {
      waiters.emplace_back([&] {
        const hold h = lock_file(path).lock(m);
        seen->told += h.previous_owner_died();
        ++seen->granted;
        if (m != mode::shared) return;
        seen->all_in.reach();
        require(seen->all_in.wait(many));  // readers are in together
      });
      ASSERT_TRUE(watch.until_blocked(waiters.back().pid()));
    }
    dying.kill();
    for (auto& w : waiters) EXPECT_EQ(w.wait(), 0);
    EXPECT_EQ(seen->granted, int{many});
    EXPECT_EQ(seen->told, 1);
  }
}

}  // namespace
}  // namespace inturn::test
