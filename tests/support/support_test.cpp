#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/pass_fd.hpp"
#include "support/region_watch.hpp"
#include "support/role.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// The helpers must tell the truth themselves: a child that fails is seen to fail.

namespace inturn::test {
namespace {

const role exit_with("exit-with",
                     [](const std::vector<std::string>& a) { return std::stoi(a.at(0)); });

TEST(Child, TellsHowItEnded) {
  EXPECT_EQ(child([] { return 7; }).wait(), 7);
  EXPECT_EQ(child([] { require(1 > 2); }).wait(), child_failed);
  EXPECT_EQ(child([] { throw std::runtime_error("thrown on purpose"); }).wait(), child_failed);
  child c([] { ::pause(); });
  EXPECT_TRUE(c.runs());
  EXPECT_EQ(c.wait(std::chrono::milliseconds(5)), -1);
  c.send(SIGTERM);
  EXPECT_EQ(c.wait(), 128 + SIGTERM);
}

TEST(Child, IsStoppedAndGoesOn) {
  shared<milestone> told;
  child c([&] {
    ::raise(SIGSTOP);
    told->reach();
    ::pause();
  });
  ASSERT_TRUE(eventually([&] { return state_of_process(c.pid()) == 'T'; }));
  c.resume();
  ASSERT_TRUE(told->wait());
  c.stop();
  EXPECT_EQ(state_of_process(c.pid()), 'T');
}

TEST(Child, PlaysARoleAfterExec) { EXPECT_EQ(execute(exit_with, {"5"}).wait(), 5); }

TEST(Milestone, IsWaitedFor) {
  shared<milestone> told;
  EXPECT_FALSE(told->wait(1, std::chrono::milliseconds(1)));
  child c([&] { told->reach(); });
  EXPECT_TRUE(told->wait());
}

TEST(PassFd, GivesTheOtherTheSameFile) {
  auto pair = make_socket_pair();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  child c([&] {
    const auto fd = receive_fd(pair.theirs.get());
    require(::write(fd.get(), "x", 1) == 1);
  });
  send_fd(pair.ours.get(), ends[1]);
  char got = 0;
  EXPECT_EQ(::read(ends[0], &got, 1), 1);
  EXPECT_EQ(got, 'x');
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(RegionWatch, SeesWhoHoldsAndWhoWaits) {
  const temp_dir dir;
  lock_file file(dir / "region");
  const region_watch watch(dir / "region");
  EXPECT_EQ(watch.holding() + watch.waiting(), 0U);
  hold mine = file.lock();
  EXPECT_TRUE(watch.holds(::getpid()));
  child c([&] { lock_file(dir / "region").lock(); });
  ASSERT_TRUE(watch.until_blocked(c.pid()));
  EXPECT_EQ(watch.waiting(), 1U);
  mine.release();
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(watch.holding() + watch.waiting(), 0U);
}

}  // namespace
}  // namespace inturn::test
