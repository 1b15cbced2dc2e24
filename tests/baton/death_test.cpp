#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// A dead member holds nobody up; who died with the turn is told of, once.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct BatonDeath : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
  baton mine{path};

  /// A member that waits for its turn and keeps it, having reached `keeps`.
  child keeper(unsigned place) {
    const std::size_t before = mine.members().size();
    child c([this, place] {
      baton my(path, {.place = place});
      const turn now = my.wait();
      keeps->reach();
      for (;;) ::pause();
    });
    EXPECT_TRUE(mine.wait_for_members(before + 1, bound));
    return c;
  }
  /// A member that does not come for its turn.
  child absent(unsigned place) {
    const std::size_t before = mine.members().size();
    child c([this, place] {
      const baton my(path, {.place = place});
      for (;;) ::pause();
    });
    EXPECT_TRUE(mine.wait_for_members(before + 1, bound));
    return c;
  }
  shared<milestone> keeps;
};

TEST_F(BatonDeath, WithTheTurnIsNoticedSoonAndToldOnce) {
  std::vector<double> took;
  for (std::uint32_t round = 1; round <= 9; ++round) {
    child dying = keeper(1);
    mine.wait().hand_on();
    ASSERT_TRUE(keeps->wait(round));
    shared<milestone> waits;
    child killer([&] {
      require(waits->wait());
      nap(5ms);
      dying.send(SIGKILL);
    });
    const auto began = clock::now();
    waits->reach();
    turn now = mine.wait();
    took.push_back(std::chrono::duration<double, std::milli>(clock::now() - began).count() - 5);
    EXPECT_TRUE(now.previous_owner_died());
    now.hand_on();
    EXPECT_FALSE(mine.wait().previous_owner_died());
    EXPECT_EQ(mine.members(), std::vector<unsigned>{0});
    dying.kill();
  }
  std::sort(took.begin(), took.end());
  std::printf("killed owner to next turn: median %.1f ms, at most %.1f ms\n", took[4], took.back());
  EXPECT_LT(took[4], 200.0);
}

TEST_F(BatonDeath, BeforeItHasTakenTheTurnIsNoNews) {
  child dying = absent(1);
  mine.wait().hand_on();
  EXPECT_FALSE(mine.wait_for(20ms));
  dying.kill();
  const turn now = mine.wait();
  EXPECT_FALSE(now.previous_owner_died());
}

TEST_F(BatonDeath, OfOneWithoutTheTurnIsPassedOver) {
  baton last(path, {.place = 9});
  child dying = absent(4);
  dying.kill();
  mine.wait().hand_on();
  EXPECT_FALSE(last.wait().previous_owner_died());
}

TEST_F(BatonDeath, OfAllButOne) {
  std::vector<child> others;
  for (unsigned place = 1; place < 12; ++place) others.push_back(keeper(place));
  mine.wait().hand_on();
  ASSERT_TRUE(keeps->wait());
  for (child& each : others) each.send(SIGKILL);
  EXPECT_TRUE(mine.wait_for(bound).value().previous_owner_died());
  EXPECT_TRUE(mine.wait_for(bound).has_value());
}

TEST_F(BatonDeath, OfTheLastIsToldToWhoComesNext) {
  for (const unsigned place : {0U, 5U}) {
    temp_dir other;
    child dying([&] {
      baton my(other / "b");
      const turn now = my.wait();
      keeps->reach();
      for (;;) ::pause();
    });
    ASSERT_TRUE(keeps->wait(place == 0 ? 1 : 2));
    dying.kill();
    baton next(other / "b", {.place = place});
    EXPECT_TRUE(next.try_wait().value().previous_owner_died()) << "place " << place;
    EXPECT_FALSE(next.try_wait().value().previous_owner_died());
  }
}

TEST_F(BatonDeath, OfOneWhoWasToldIsTold) {
  child first = keeper(1), second = keeper(2);
  mine.wait().hand_on();
  ASSERT_TRUE(keeps->wait(1));
  first.kill();
  ASSERT_TRUE(keeps->wait(2)) << "the second has the turn, and the news";
  second.kill();
  EXPECT_TRUE(mine.wait().previous_owner_died());
  EXPECT_FALSE(mine.wait().previous_owner_died());
}

TEST_F(BatonDeath, ATryClearsTheDeadAway) {
  child dying = keeper(1);
  child absent_one = absent(2);
  mine.wait().hand_on();
  ASSERT_TRUE(keeps->wait());
  EXPECT_FALSE(mine.try_wait());
  dying.kill();
  absent_one.kill();
  EXPECT_TRUE(mine.try_wait().value().previous_owner_died());
}

TEST_F(BatonDeath, ItsPlaceIsTakenByANewcomerThoughOthersGoRoundAllTheTime) {
  child dying = absent(1);
  std::vector<child> goers;
  mine.wait().hand_to(0);
  for (unsigned place : {5U, 6U})
    goers.emplace_back([&, place] {
      baton my(path, {.place = place});
      require(my.wait_for_members(2, bound));
      for (;;)
        if (auto now = my.wait_for(1ms)) now->hand_to(place == 5 ? 6 : 5);
    });
  ASSERT_TRUE(mine.wait_for_members(4, bound));
  mine.wait().hand_to(5);
  dying.kill();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(baton(path).place(), 1U);
}

TEST_F(BatonDeath, AtRandomTimesLeavesTheOthersGoing) {
  struct record {
    std::atomic<std::uint64_t> turns{0};
    std::atomic<std::uint32_t> owner{0};  // who is inside: its number; 0: nobody
    std::atomic<std::uint32_t> next{1};
    std::atomic<std::uint32_t> told{0};
  };
  shared<record> seen;
  const auto member = [&] {
    return child([&] {
      baton my(path);
      const std::uint32_t me = seen->next.fetch_add(1);
      for (;;) {
        const turn now = my.wait();
        const std::uint32_t there = seen->owner.exchange(me);
        // Whoever is there still has died there, and so we are told.
        if (there != 0) require(now.previous_owner_died());
        if (now.previous_owner_died()) ++seen->told;
        ++seen->turns;
        nap(50us);  // so that many die here
        require(seen->owner.exchange(0) == me);
      }
    });
  };
  mine.wait();
  std::vector<child> all;
  for (int i = 0; i < 5; ++i) all.push_back(member());
  std::mt19937 random(20);
  mine = baton(dir / "another");  // the test itself is out of it
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t before = seen->turns;
    ASSERT_TRUE(eventually([&] { return seen->turns > before + 5; })) << "after " << round;
    child& chosen = all[random() % all.size()];
    ASSERT_TRUE(chosen.runs()) << "it has found something wrong";
    chosen.kill();
    chosen = member();
  }
  std::printf("%llu turns, 100 killed, %u of them with the turn\n",
              static_cast<unsigned long long>(seen->turns.load()), seen->told.load());
  EXPECT_GT(seen->told, 0U);
}

}  // namespace
}  // namespace inturn::test
