#include <signal.h>

#include "base/sys.hpp"
#include "kernel/lock_file.hpp"

// Those who are stopped, in the queue: the kernel would pass them by.

namespace inturn::test {
namespace {

using Stopped = lock_file_test;

TEST_F(Stopped, AStoppedFrontIsPassedWhenTheKernelsLockIsFree) {
  const auto inside = queue();
  const auto holder = open();
  ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
  child front = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, front));
  shared<milestone> has, leave;
  child next([&] {
    forget_descriptors();
    const auto fd = open();
    const auto got = kernel::take_flock(fd.get(), LOCK_EX, {});
    require(got.granted && !got.ticket);
    require(got.out_of_turn.find(std::to_string(front.pid())) != std::string::npos);
    has->reach();
    require(leave->wait());
  });
  ASSERT_TRUE(until_queued(inside, next));
  front.stop();
  ASSERT_EQ(::flock(holder.get(), LOCK_UN), 0);
  ASSERT_TRUE(has->wait());
  front.resume();
  ASSERT_TRUE(until_front(inside, front));  // takes up its place again
  leave->reach();
  EXPECT_EQ(next.wait(), 0);
  EXPECT_EQ(front.wait(), 0);
}

TEST_F(Stopped, SoAreSeveral) {
  const auto inside = queue();
  const auto holder = open();
  turnstile in_turn(holder.get());
  in_turn.ofd(F_WRLCK, {});
  child front = passer(file, F_WRLCK, {0, 10}), second = passer(file, F_WRLCK, {5, 10});
  ASSERT_TRUE(inside.until_waiting(1));
  child next = passer(file, F_RDLCK, {8, 1});
  ASSERT_TRUE(until_queued(inside, next));
  front.stop();
  second.stop();
  in_turn.ofd(F_UNLCK, {});
  EXPECT_EQ(next.wait(), 0);
  front.resume();
  second.resume();
  EXPECT_EQ(front.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
}

TEST_F(Stopped, NobodyIsPassedWhoIsNotStopped) {
  const auto inside = queue();
  const auto holder = open();
  turnstile in_turn(holder.get());
  in_turn.ofd(F_WRLCK, {0, 1});
  child front = passer(file, F_WRLCK, {0, 10});
  ASSERT_TRUE(until_front(inside, front));
  child stopped = passer(file, F_WRLCK, {5, 5});
  ASSERT_TRUE(until_queued(inside, stopped));
  stopped.stop();
  // The kernel's lock on its byte is free all the time.
  child next = passer(file, F_WRLCK, {5, 1});
  EXPECT_EQ(next.wait(2500ms), -1);
  in_turn.ofd(F_UNLCK, {0, 1});
  EXPECT_EQ(front.wait(), 0);
  EXPECT_EQ(next.wait(), 0);  // now only the stopped one is ahead
  stopped.resume();
  EXPECT_EQ(stopped.wait(), 0);
}

TEST_F(Stopped, ATryThatIsStoppedMakesNoOtherTryFail) {
  const auto inside = queue();
  child stopped([&] {
    base::sys.flock = [](int fd, int operation) {
      ::raise(SIGSTOP);
      return ::flock(fd, operation);
    };
    require(!turnstile(open().get()).flock_for(LOCK_EX, 0ns));
  });
  ASSERT_TRUE(eventually([&] { return state_of_process(stopped.pid()) == 'T'; }));
  ASSERT_TRUE(inside.holds(stopped.pid()));
  const auto fd = open();
  const auto got = kernel::take_flock(fd.get(), LOCK_SH, {how::never});
  EXPECT_TRUE(got.granted && !got.ticket && !got.out_of_turn.empty());
  stopped.resume();
  EXPECT_EQ(stopped.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
