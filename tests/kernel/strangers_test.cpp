#include <algorithm>
#include <random>
#include <vector>

#include "kernel/lock_file.hpp"

// Exclusion against those who know nothing of turnstiles, and deaths in the queue.

namespace inturn::test {
namespace {

using Strangers = lock_file_test;

/// flock(1), of util-linux.
child flock_command(const std::filesystem::path& file, const char* option, const char* command) {
  return child([=]() -> int {
    forget_descriptors();
    ::execlp("flock", "flock", option, file.c_str(), "-c", command, nullptr);
    return 127;
  });
}

TEST_F(Strangers, TheFlockCommandIsExcluded) {
  const auto fd = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_EX);
  EXPECT_EQ(flock_command(file, "-n", "true").wait(), 1);
  in_turn.flock(LOCK_SH);
  EXPECT_EQ(flock_command(file, "-sn", "true").wait(), 0);
  in_turn.flock(LOCK_UN);
  EXPECT_EQ(flock_command(file, "-n", "true").wait(), 0);
}

TEST_F(Strangers, TheFlockCommandExcludes) {
  const std::string ready = dir / "ready";
  child stranger = flock_command(file, "-xF", ("touch " + ready + "; exec sleep 60").c_str());
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(ready); }));
  const auto fd = open();
  turnstile in_turn(fd.get());
  EXPECT_EQ(error_of([&] { in_turn.flock(LOCK_SH | LOCK_NB); }), EWOULDBLOCK);
  EXPECT_FALSE(in_turn.flock_for(LOCK_SH, 10ms));
}

TEST_F(Strangers, PlainOfdLocksExcludeAndAreExcluded) {
  const auto stranger = open(), fd = open();
  struct ::flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_start = 3;
  byte.l_len = 1;
  ASSERT_EQ(::fcntl(stranger.get(), F_OFD_SETLK, &byte), 0);
  turnstile in_turn(fd.get());
  EXPECT_FALSE(in_turn.ofd_for(F_RDLCK, {0, 4}, 5ms));
  EXPECT_TRUE(in_turn.ofd_for(F_RDLCK, {0, 3}, 5ms));
  byte.l_start = 2;
  EXPECT_NE(::fcntl(stranger.get(), F_OFD_SETLK, &byte), 0);
}

TEST_F(Strangers, TheQueueWaitsForAStrangerAndThenGoesOn) {
  const auto inside = queue();
  shared<milestone> holds, go;
  child stranger([&] {
    const auto fd = open();
    require(::flock(fd.get(), LOCK_EX) == 0);
    holds->reach();
    require(go->wait());
  });
  ASSERT_TRUE(holds->wait());
  child first = passer(file, LOCK_EX), second = passer(file, LOCK_SH);
  ASSERT_TRUE(inside.until_waiting(1));
  EXPECT_TRUE(first.runs() && second.runs());
  go->reach();
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
}

TEST_F(Strangers, TheFrontMayBeKilledAndAWaiterToo) {
  const auto inside = queue();
  const auto holder = open();
  ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
  child front = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, front));
  child middle = passer(file, LOCK_EX);
  ASSERT_TRUE(until_queued(inside, middle));
  child last = passer(file, LOCK_EX);
  ASSERT_TRUE(until_queued(inside, last));
  middle.kill();
  front.kill();
  EXPECT_TRUE(until_front(inside, last));
  ASSERT_EQ(::flock(holder.get(), LOCK_UN), 0);
  EXPECT_EQ(last.wait(), 0);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Strangers, AKilledHolderIsFollowedByTheFront) {
  const auto inside = queue();
  shared<milestone> holds;
  child holder([&] {
    const auto fd = open();
    turnstile(fd.get()).flock(LOCK_EX);
    holds->reach();
    ::pause();
  });
  ASSERT_TRUE(holds->wait());
  child front = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, front));
  holder.kill();
  EXPECT_EQ(front.wait(), 0);
}

TEST_F(Strangers, RandomDeathsLeaveNothingLocked) {
  constexpr std::size_t many = 4;
  shared<std::atomic<std::uint32_t>> inside, overlaps;
  const auto looper = [&] {
    return child([&] {
      const auto fd = open();
      turnstile in_turn(fd.get());
      for (unsigned n = 0;; ++n) {
        in_turn.flock(n % 3 == 0 ? LOCK_SH : LOCK_EX);
        in_turn.ofd(F_WRLCK, {n % 5, 3});
        in_turn.ofd(F_UNLCK, {});
        in_turn.flock(LOCK_UN);
      }
    });
  };
  std::vector<child> all;
  for (std::size_t i = 0; i < many; ++i) all.push_back(looper());
  std::minstd_rand random(1);
  for (int kills = 0; kills < 60; ++kills) {
    nap(std::chrono::microseconds(random() % 4'000));
    const std::size_t one = random() % many;
    all[one].kill();
    all[one] = looper();
  }
  all.clear();
  const auto fd = open();
  turnstile in_turn(fd.get());
  EXPECT_TRUE(in_turn.flock_for(LOCK_EX, bound));
  EXPECT_TRUE(in_turn.ofd_for(F_WRLCK, {}, bound));
  EXPECT_TRUE(queue().requests().empty());
}

}  // namespace
}  // namespace inturn::test
