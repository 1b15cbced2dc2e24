#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Who joins, at which place, and what comes of the turn when somebody leaves.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using places = std::vector<unsigned>;

struct BatonMembers : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
};

TEST_F(BatonMembers, TakeTheFirstPlaceThatIsFree) {
  baton a(path), b(path);
  std::optional<baton> c(path);
  EXPECT_EQ(a.place(), 0U);
  EXPECT_EQ(b.place(), 1U);
  EXPECT_EQ(c->place(), 2U);
  c.reset();
  const baton named(path, {.place = 7}), filled(path);
  EXPECT_EQ(named.place(), 7U);
  EXPECT_EQ(filled.place(), 2U);
  EXPECT_EQ(a.members(), (places{0, 1, 2, 7}));
}

TEST_F(BatonMembers, AreAtMost32) {
  std::vector<baton> all;
  for (unsigned i = 0; i < 32; ++i) all.emplace_back(path);
  EXPECT_EQ(error_of([&] { baton(path, {}); }), ENOLCK);
  EXPECT_EQ(error_of([&] { baton(path, {.place = 4}); }), EBUSY);
  EXPECT_EQ(error_of([&] { baton(path, {.place = 32}); }), EINVAL);
  all.erase(all.begin() + 9);
  EXPECT_EQ(baton(path).place(), 9U);
}

TEST_F(BatonMembers, HaveTheTurnOneAfterTheOther) {
  baton a(path), b(path), c(path);
  for (int round = 0; round < 3; ++round)
    for (baton* each : {&a, &b, &c}) {
      for (baton* other : {&a, &b, &c})
        if (other != each) {
          EXPECT_FALSE(other->try_wait());
        }
      auto now = each->try_wait();
      ASSERT_TRUE(now);
      EXPECT_FALSE(now->previous_owner_died());
      now->hand_on();
      EXPECT_FALSE(*now);
    }
}

TEST_F(BatonMembers, OneAloneHandsItToItself) {
  baton a(path);
  for (std::uint64_t n = 1; n < 5; ++n) EXPECT_EQ(a.wait().number(), n);
  a.wait().hand_to(0);
  EXPECT_TRUE(a.try_wait());
}

TEST_F(BatonMembers, WhoLeavesHandsOnWhatItWasHanded) {
  baton a(path);
  std::optional<baton> b(path);
  baton c(path);
  a.wait().hand_on();  // to b
  EXPECT_FALSE(c.try_wait());
  b.reset();
  auto now = c.try_wait();
  ASSERT_TRUE(now);
  EXPECT_FALSE(now->previous_owner_died());
}

TEST_F(BatonMembers, TheTurnOutlivesItsBatonAndKeepsThePlace) {
  baton a(path);
  turn now;
  {
    baton b(path);
    a.wait().hand_on();
    now = b.wait();
  }
  EXPECT_EQ(a.members(), (places{0, 1}));
  EXPECT_FALSE(a.try_wait());
  now.hand_on();
  EXPECT_TRUE(a.try_wait());
  EXPECT_EQ(a.members(), (places{0}));
}

TEST_F(BatonMembers, AfterAllHaveLeftTheNextToComeHasTheTurn) {
  { baton(path).wait(); }
  {
    baton a(path), b(path);
    a.wait().hand_on();
  }
  baton c(path, {.place = 20});
  auto now = c.try_wait();
  ASSERT_TRUE(now);
  EXPECT_EQ(now->number(), 3U);
  EXPECT_FALSE(now->previous_owner_died());
}

TEST_F(BatonMembers, ANameThatNobodyHasIsRefusedAndTheTurnKept) {
  baton a(path), b(path);
  turn now = a.wait();
  EXPECT_EQ(error_of([&] { now.hand_to(5); }), ESRCH);
  EXPECT_EQ(error_of([&] { now.hand_to(32); }), ESRCH);
  EXPECT_EQ(error_of([&] { now.hand_to(~0U); }), ESRCH);
  ASSERT_TRUE(now);
  EXPECT_FALSE(b.try_wait());
  now.hand_to(1);
  EXPECT_TRUE(b.try_wait());
}

TEST_F(BatonMembers, OneWhoHasTheTurnDoesNotWaitForIt) {
  baton a(path), b(path);
  const turn now = a.wait();
  EXPECT_EQ(error_of([&] { a.wait(); }), EDEADLK);
  EXPECT_EQ(error_of([&] { a.try_wait(); }), EDEADLK);
}

TEST_F(BatonMembers, AreWaitedFor) {
  baton a(path);
  EXPECT_TRUE(a.wait_for_members(1));
  EXPECT_FALSE(a.wait_for_members(2, 20ms));
  EXPECT_FALSE(a.wait_for_members(2, 0ns));
  shared<milestone> done;
  std::vector<child> others;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([&] {
      const baton my(path);
      require(done->wait());
    });
  EXPECT_TRUE(a.wait_for_members(5, bound));
  others.back().kill();
  EXPECT_EQ(a.members().size(), 4U) << "the dead do not count";
  EXPECT_FALSE(a.wait_for_members(5, 20ms));
  done->reach();
}

TEST_F(BatonMembers, JoinAndLeaveWhileItGoesRound) {
  shared<std::atomic<bool>> over;
  std::vector<child> goers;
  for (int i = 0; i < 3; ++i)
    goers.emplace_back([&] {
      baton my(path);
      while (!*over) my.wait();
    });
  std::vector<child> comers;
  for (int i = 0; i < 2; ++i)
    comers.emplace_back([&] {
      for (int n = 0; n < 150; ++n) {
        baton my(path);
        if (n % 3 != 0) my.wait();
      }
    });
  for (child& each : comers) EXPECT_EQ(each.wait(60s), 0);
  *over = true;
  for (child& each : goers) EXPECT_EQ(each.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
