#include <signal.h>
#include <sys/time.h>

#include "base/sys.hpp"
#include "kernel/lock_file.hpp"
#include "support/failing_system.hpp"

// Tries, time limits, and signals.

namespace inturn::test {
namespace {

class Time : public lock_file_test {
 protected:
  Time() { EXPECT_EQ(::flock(holder.get(), LOCK_EX), 0); }
  void let_go() const { EXPECT_EQ(::flock(holder.get(), LOCK_UN), 0); }

  const base::unique_fd holder = open();
  const region_watch inside = queue();
};

using clock = std::chrono::steady_clock;

TEST_F(Time, ATryIsRefusedByAHolder) {
  const auto fd = open();
  turnstile in_turn(fd.get());
  EXPECT_EQ(error_of([&] { in_turn.flock(LOCK_EX | LOCK_NB); }), EWOULDBLOCK);
  EXPECT_FALSE(in_turn.flock_for(LOCK_SH, 0ns));
  EXPECT_FALSE(in_turn.flock_for(LOCK_SH | LOCK_NB, 1h));
  EXPECT_TRUE(in_turn.ofd_for(F_WRLCK, {}, -1ns));
  let_go();
  in_turn.flock(LOCK_EX | LOCK_NB);
  EXPECT_TRUE(in_turn.flock_for(LOCK_SH, 0ns));
}

TEST_F(Time, ATryIsRefusedWhileSomebodyWaitsInConflict) {
  const auto shares = open(), fd = open();
  ASSERT_EQ(::flock(holder.get(), LOCK_SH), 0);
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  turnstile in_turn(fd.get());
  EXPECT_FALSE(in_turn.flock_for(LOCK_SH, 0ns));
  EXPECT_EQ(::flock(shares.get(), LOCK_SH | LOCK_NB),
            0);  // the kernel would let it pass the writer
}

TEST_F(Time, ATryIsNotRefusedForATryThatFails) {
  // One tries to write and fails, because of a reader; beside it another tries to read.
  ASSERT_EQ(::flock(holder.get(), LOCK_SH), 0);
  shared<std::atomic<std::uint32_t>> stop;
  shared<milestone> runs;
  child failing([&] {
    const auto fd = open();
    turnstile in_turn(fd.get());
    while (*stop == 0) {
      require(!in_turn.flock_for(LOCK_EX, 0ns));
      runs->reach();
    }
  });
  ASSERT_TRUE(runs->wait());
  const auto fd = open();
  turnstile in_turn(fd.get());
  int refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    if (in_turn.flock_for(LOCK_SH, 0ns))
      in_turn.flock(LOCK_UN);
    else
      ++refused;
  }
  stop->store(1);
  EXPECT_EQ(failing.wait(), 0);
  EXPECT_EQ(refused, 0);  // without looking again: hundreds
}

TEST_F(Time, TheLimitEndsAWaitAtTheFront) {
  const auto fd = open();
  turnstile in_turn(fd.get());
  const auto start = clock::now();
  EXPECT_FALSE(in_turn.flock_for(LOCK_EX, 30ms));
  EXPECT_GE(clock::now() - start, 30ms);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Time, TheLimitEndsAWaitInTheQueue) {
  child front = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, front));
  const auto fd = open();
  turnstile in_turn(fd.get());
  const auto start = clock::now();
  EXPECT_FALSE(in_turn.flock_for(LOCK_EX, 30ms));
  EXPECT_GE(clock::now() - start, 30ms);
  EXPECT_EQ(inside.requests().size(), 1U);
}

TEST_F(Time, WhatIsGrantedInTimeIsGranted) {
  shared<milestone> has;
  child c([&] {
    forget_descriptors();
    const auto fd = open();
    turnstile in_turn(fd.get());
    require(in_turn.flock_for(LOCK_EX, bound));
    require(in_turn.ofd_for(F_WRLCK, {7, 1}, bound));
    has->reach();
  });
  ASSERT_TRUE(inside.until_holds(c.pid()));
  child behind = passer(file, LOCK_EX);
  ASSERT_TRUE(until_queued(inside, behind));
  let_go();
  EXPECT_TRUE(has->wait());
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(behind.wait(), 0);
}

TEST_F(Time, AWaitAtTheFrontEndsWithASignalAsFlockDoes) {
  child c([&]() -> int {
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &quiet, nullptr);
    return error_of([&] { turnstile(open().get()).flock(LOCK_EX); });
  });
  ASSERT_TRUE(until_front(inside, c));
  c.send(SIGUSR1);
  EXPECT_EQ(c.wait(), EINTR);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(Time, AWaitInTheQueueGoesOnAfterASignal) {
  child front = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, front));
  static std::atomic<int>* handled;
  shared<std::atomic<int>> count;
  handled = &*count;
  child c([&] {
    forget_descriptors();
    struct sigaction quiet {};
    quiet.sa_handler = [](int) { handled->fetch_add(1); };
    ::sigaction(SIGUSR1, &quiet, nullptr);
    const auto fd = open();
    turnstile(fd.get()).flock(LOCK_EX);
  });
  ASSERT_TRUE(until_queued(inside, c));
  c.send(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return *count == 1; }));
  EXPECT_TRUE(until_queued(inside, c));
  let_go();
  EXPECT_EQ(c.wait(), 0);
}

/// A process with a timer of its own, as the command has one.
child with_a_timer(const std::filesystem::path& file, std::chrono::milliseconds time) {
  return child([=]() -> int {
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &quiet, nullptr);
    const itimerval every{{0, 5'000}, {0, 5'000}};
    ::setitimer(ITIMER_REAL, &every, nullptr);
    const auto fd = base::open_file(file.c_str(), O_RDWR);
    kernel::how_to_wait waiting = within(time);
    waiting.signal_ends_front = true;
    const auto got = kernel::take_flock(fd.get(), LOCK_EX, waiting);
    require(base::monotonic_ns() >= waiting.until_ns || got.granted);
    return got.granted ? 1 : 0;
  });
}

TEST_F(Time, ACallersTimerEndsTheBlockingCall) {
  EXPECT_EQ(with_a_timer(file, 40ms).wait(), 0);
  child c = with_a_timer(file, 20s);
  ASSERT_TRUE(until_front(inside, c));
  nap(15ms);  // some signals that come too early
  let_go();
  EXPECT_EQ(c.wait(), 1);
}

TEST_F(Time, WhoQueuesIsToldHowManyAreAhead) {
  child front = passer(file, LOCK_EX), second = passer(file, LOCK_EX);
  ASSERT_TRUE(eventually([&] { return inside.waiting() == 1 && inside.holding() == 1; }));
  std::uint32_t told = 0;
  const lock::progress tell = [&](std::uint32_t ahead) { told = std::max(told, ahead); };
  kernel::how_to_wait waiting = within(20ms);
  waiting.tell = &tell;
  EXPECT_FALSE(kernel::take_flock(open().get(), LOCK_EX, waiting).granted);
  EXPECT_EQ(told, 2U);
  waiting.wait = how::for_ever;
  const lock::progress stop = [](std::uint32_t) { throw std::runtime_error("enough"); };
  waiting.tell = &stop;
  EXPECT_EQ(message_of([&] { kernel::take_flock(open().get(), LOCK_EX, waiting); }), "enough");
  EXPECT_EQ(inside.requests().size(), 2U);
}

TEST_F(Time, TheKernelsErrorsComeThroughWithTheFilesName) {
  const failing_system restore;
  const auto fd = open();
  base::sys.flock = [](int, int) { return errno = ENOLCK, -1; };
  EXPECT_EQ(error_of([&] { turnstile(fd.get()).flock(LOCK_EX); }), ENOLCK);
  EXPECT_EQ(error_of([&] { turnstile(fd.get()).flock(LOCK_EX | LOCK_NB); }), ENOLCK);
  EXPECT_EQ(error_of([&] { turnstile(fd.get()).flock_for(LOCK_EX, 1h); }), ENOLCK);
  const auto message = message_of([&] { turnstile(fd.get()).flock(LOCK_EX); });
  EXPECT_EQ(message.find(file.string() + ": "), 0U) << message;
  EXPECT_TRUE(inside.requests().empty());
}

}  // namespace
}  // namespace inturn::test
