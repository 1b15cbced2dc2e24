#include <gtest/gtest.h>
#include <signal.h>

#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/proc.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Time-outs: they end, not early, and cost nobody's turn.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct BatonTime : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
  baton first{path}, second{path};
};

TEST_F(BatonTime, AWaitEndsWhenItsTimeIsOver) {
  const turn now = first.wait();
  for (const auto time : {1ms, 30ms}) {
    const auto began = clock::now();
    EXPECT_FALSE(second.wait_for(time));
    EXPECT_GE(clock::now() - began, time);
    EXPECT_FALSE(second.wait_until(began + 2 * time));
    EXPECT_GE(clock::now() - began, 2 * time);
  }
}

TEST_F(BatonTime, NoTimeIsATry) {
  const turn now = first.wait();
  EXPECT_FALSE(second.wait_for(0ns));
  EXPECT_FALSE(second.wait_for(-5s));
  EXPECT_FALSE(second.wait_until(clock::time_point::min()));
  EXPECT_FALSE(second.wait_until(clock::now() - 1s));
}

TEST_F(BatonTime, WhatIsOnesOwnIsHadWithoutTime) {
  EXPECT_TRUE(first.wait_for(-1s));
  EXPECT_TRUE(second.wait_until(clock::time_point{}));
  EXPECT_TRUE(first.wait_for(std::chrono::nanoseconds::max()));
  EXPECT_TRUE(second.wait_until(clock::time_point::max()));
}

TEST_F(BatonTime, WhoGaveUpHasItsTurnAllTheSame) {
  {
    const turn now = first.wait();
    EXPECT_FALSE(second.wait_for(5ms));
  }
  EXPECT_FALSE(first.try_wait()) << "strict: second has not had its turn";
  EXPECT_TRUE(second.try_wait());
  EXPECT_TRUE(first.try_wait());
}

TEST_F(BatonTime, AStoppedOwnerIsWaitedForUntilTheTimeIsOver) {
  child stopped([&] {
    baton my(path, {.place = 9});
    const turn now = my.wait();
    for (;;) ::pause();
  });
  ASSERT_TRUE(first.wait_for_members(3, bound));
  stopped.stop();
  first.wait().hand_to(9);
  EXPECT_FALSE(first.wait_for(30ms)) << "given, and stopped: alive";
  stopped.resume();
  EXPECT_FALSE(first.wait_for(30ms)) << "taken";
  stopped.stop();
  EXPECT_FALSE(first.wait_for(30ms)) << "taken, and stopped: alive";
  stopped.kill();
  EXPECT_TRUE(first.wait_for(bound));
}

TEST_F(BatonTime, SignalsDoNotEndAWait) {
  struct sigaction nothing {};
  nothing.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &nothing, nullptr);
  shared<milestone> waits;
  child waiter([&] {
    baton my(path);
    waits->reach();
    my.wait();
  });
  ASSERT_TRUE(waits->wait());
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(eventually([&] { return asleep(waiter.pid()); }));
    waiter.send(SIGUSR1);
  }
  EXPECT_TRUE(waiter.runs());
  first.wait().hand_to(2);
  EXPECT_EQ(waiter.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
