#include <gtest/gtest.h>

#include <map>
#include <random>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/temp_dir.hpp"

// Holds and lock files as objects: moved, assigned, released twice, outliving each other.

namespace inturn::test {
namespace {

static_assert(!std::is_copy_constructible_v<hold> && !std::is_copy_assignable_v<hold>);
static_assert(std::is_nothrow_move_constructible_v<hold> &&
              std::is_nothrow_move_assignable_v<hold>);
static_assert(!std::is_copy_constructible_v<lock_file>);
static_assert(std::is_nothrow_move_constructible_v<lock_file>);

struct Hold : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
};

TEST_F(Hold, IsEmptyWhenItHoldsNothing) {
  hold nothing;
  EXPECT_FALSE(nothing);
  nothing.release();
  nothing.detach();
  EXPECT_EQ(nothing.ticket(), 0U);
  EXPECT_FALSE(nothing.previous_owner_died());
}

TEST_F(Hold, IsReleasedByItsDestructorOnceOrAtOnce) {
  {
    hold mine = file.lock();
    EXPECT_EQ(watch.holding(), 1U);
    mine.release();
    EXPECT_EQ(watch.holding(), 0U);
    mine.release();
    const hold other = file.lock();
    mine.release();
    EXPECT_EQ(watch.holding(), 1U);
  }
  EXPECT_EQ(watch.holding(), 0U);
}

TEST_F(Hold, MovesAndLeavesNothingBehind) {
  hold first = file.lock(mode::shared, {1, 2});
  const auto ticket = first.ticket();
  hold second(std::move(first));
  EXPECT_FALSE(first);  // NOLINT: what a moved-from hold is, is promised
  first.release();
  EXPECT_TRUE(second);
  EXPECT_EQ(second.ticket(), ticket);
  EXPECT_EQ(second.mode(), mode::shared);
  EXPECT_EQ(second.range().length, 2U);
  EXPECT_EQ(watch.holding(), 1U);
}

TEST_F(Hold, AssignmentReleasesWhatWasThereBefore) {
  hold mine = file.lock(mode::exclusive, {0, 1});
  mine = file.lock(mode::exclusive, {1, 1});
  ASSERT_EQ(watch.holding(), 1U);
  EXPECT_EQ(watch.requests()[0].range.start, 1U);
  mine = hold();
  EXPECT_EQ(watch.holding(), 0U);
  EXPECT_FALSE(mine);
}

TEST_F(Hold, MovedToItselfItStays) {
  hold mine = file.lock();
  hold& same = mine;
  mine = std::move(same);
  EXPECT_TRUE(mine);
  EXPECT_EQ(watch.holding(), 1U);
  mine.release();
  EXPECT_EQ(watch.holding(), 0U);
}

TEST_F(Hold, OutlivesItsLockFile) {
  hold mine;
  {
    lock_file brief(path);
    mine = brief.lock();
  }
  EXPECT_FALSE(file.try_lock());
  child c([&] { require(!lock_file(path).try_lock()); });
  EXPECT_EQ(c.wait(), 0);
  mine.release();
  EXPECT_TRUE(file.try_lock());
}

TEST_F(Hold, OutlivesALockFileThatWasAssignedTo) {
  hold mine = file.lock();
  file = lock_file(dir / "another");
  EXPECT_TRUE(file.lock());
  EXPECT_EQ(watch.holding(), 1U);
  mine.release();
  EXPECT_EQ(watch.holding(), 0U);
}

TEST_F(Hold, LockFilesMove) {
  lock_file moved(std::move(file));
  const hold mine = moved.lock();
  lock_file& same = moved;
  moved = std::move(same);
  EXPECT_GE(moved.fd(), 0);
  EXPECT_FALSE(moved.try_lock());
  file = std::move(moved);
  EXPECT_FALSE(file.try_lock());
}

TEST_F(Hold, TicketsOfConflictingGrantsGrow) {
  std::uint64_t last = 0;
  for (int i = 0; i < 100; ++i) {
    const hold mine = i % 2 == 0 ? file.lock() : std::move(*file.try_lock());
    EXPECT_GT(mine.ticket(), last);
    last = mine.ticket();
  }
}

TEST_F(Hold, SeveralLockFilesOfOneProcessAreSeveralParticipants) {
  lock_file second(path), third(path);
  const hold a = file.lock(mode::exclusive, {0, 1});
  EXPECT_FALSE(second.try_lock(mode::shared, {0, 1}));
  const hold b = second.lock(mode::exclusive, {1, 1});
  EXPECT_FALSE(third.try_lock(mode::exclusive, {0, 2}));
  EXPECT_FALSE(file.try_lock(mode::exclusive, {1, 1}));
}

TEST_F(Hold, TwoRegionsAreTwoLocks) {
  lock_file other(dir / "another");
  const hold mine = file.lock();
  EXPECT_TRUE(other.try_lock());
}

}  // namespace
}  // namespace inturn::test
