#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

#include "preload/under_shim.hpp"

// Signals and cancellation do to a call that waits in the queue what they do to one that waits in the kernel.

namespace inturn::test {
namespace {

using names = std::vector<std::string>;

void handler(int) {}
sigjmp_buf way_out;
void leaves(int) { ::siglongjmp(way_out, 1); }

void handle(int signal_number, void (*by)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = by;
  action.sa_flags = flags;
  require(::sigaction(signal_number, &action, nullptr) == 0);
}

const role waits("waits", [](const names& given) {
  handle(SIGUSR1, handler, 0);
  handle(SIGUSR2, handler, SA_RESTART);
  const int fd = ::open(given[0].c_str(), O_RDWR);
  const int result = ::flock(fd, LOCK_EX);
  say(given[1], result == 0 ? "locked" : std::to_string(errno));
  return 0;
});

const role jumps("jumps", [](const names& given) {
  handle(SIGUSR1, leaves, 0);
  const int fd = ::open(given[0].c_str(), O_RDWR);
  if (::sigsetjmp(way_out, 1) == 0) {
    ::flock(fd, LOCK_EX);
    return child_failed;
  }
  say(given[1], "out");
  require(::flock(fd, LOCK_EX) == 0);
  say(given[1], "locked");
  return 0;
});

void* lock_all(void* given) {
  auto all = record(F_WRLCK);
  ::fcntl(*static_cast<int*>(given), F_SETLKW, &all);
  return nullptr;
}

const role cancels("cancels", [](const names& given) {
  int fd = ::open(given[0].c_str(), O_RDWR);
  pthread_t thread{};
  require(::pthread_create(&thread, nullptr, lock_all, &fd) == 0);
  require(eventually([&] { return contents(given[2]) == "go"; }));
  void* result = nullptr;
  require(::pthread_cancel(thread) == 0 && ::pthread_join(thread, &result) == 0);
  say(given[1], result == PTHREAD_CANCELED ? "cancelled" : "ended");
  require(eventually([&] { return contents(given[2]) == "end"; }));
  return 0;
});

class PreloadSignals : public preload_test {
 protected:
  /// The lock is held, and somebody is the front of the queue; who comes now, waits in it.
  void fill_queue() {
    held = open();
    auto all = record(F_WRLCK);
    require(::flock(held.get(), LOCK_EX) == 0 && ::fcntl(held.get(), F_OFD_SETLK, &all) == 0);
    front = in_turn(waits);
    ASSERT_TRUE(inside.until_holds(front.pid()));
  }
  const region_watch inside = queue();
  base::unique_fd held;
  child front;
};

TEST_F(PreloadSignals, AHandlerWithoutRestartEndsTheWait) {
  fill_queue();
  child c = in_turn(waits);
  ASSERT_TRUE(inside.until_blocked(c.pid()));
  c.send(SIGUSR1);
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(contents(lines), std::to_string(EINTR) + "\n");
  front.send(SIGUSR1);  // it waits in the kernel
  EXPECT_EQ(front.wait(), 0);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(PreloadSignals, AHandlerWithRestartDoesNot) {
  fill_queue();
  child c = in_turn(waits);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(inside.until_blocked(c.pid()));
    c.send(SIGUSR2);
  }
  ASSERT_TRUE(inside.until_blocked(c.pid()));
  EXPECT_EQ(contents(lines), "");
  held.reset();
  EXPECT_EQ(front.wait(), 0);
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(contents(lines), "locked\nlocked\n");
}

TEST_F(PreloadSignals, WhatALongjmpLeavesBehindIsClearedByTheNextCall) {
  fill_queue();
  child c = in_turn(jumps);
  ASSERT_TRUE(inside.until_blocked(c.pid()));
  c.send(SIGUSR1);
  ASSERT_TRUE(until_said("out"));
  held.reset();
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(front.wait(), 0);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_F(PreloadSignals, ACancelledThreadLeavesTheQueue) {
  const std::string go = dir / "go";
  write_file(go, "");
  held = open();
  auto all = record(F_WRLCK);
  ASSERT_EQ(::fcntl(held.get(), F_OFD_SETLK, &all), 0);
  child first = in_turn(cancels, {go});
  ASSERT_TRUE(inside.until_holds(first.pid()));  // in the kernel
  child second = in_turn(cancels, {go});
  ASSERT_TRUE(inside.until_waits(second.pid()));  // in the queue
  write_file(go, "go");
  EXPECT_TRUE(until_said("cancelled\ncancelled\n"));
  EXPECT_TRUE(eventually([&] { return inside.requests().empty(); }));
  write_file(go, "end");
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
