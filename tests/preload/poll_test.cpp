#include "preload/under_shim.hpp"

// Who tries again and again is held back in the call until its turn; unless another may be waiting for
// what it holds.

namespace inturn::test {
namespace {

using names = std::vector<std::string>;

/// Tries until it has the lock, with a pause after each try: by flock or F_SETLK. "keeps": holds another
/// lock all the while, shared.
const role polls("polls", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  const int other = ::open(given[1].c_str(), O_RDWR);
  if (given[3] == "keeps") require(::flock(other, LOCK_SH) == 0);
  for (int tries = 0;; ++tries) {
    auto all = record(F_WRLCK);
    if ((given[2] == "flock" ? ::flock(fd, LOCK_EX | LOCK_NB) : ::fcntl(fd, F_SETLK, &all)) == 0)
      break;
    require(errno == EAGAIN);
    if (tries == 20) say(given[1], "tried");
    nap(std::chrono::milliseconds(20));
  }
  say(given[1], "locked");
  return 0;
});

class PreloadPoll : public preload_test, public ::testing::WithParamInterface<const char*> {
 protected:
  PreloadPoll() {
    auto all = record(F_WRLCK);
    held = open();
    EXPECT_TRUE(::flock(held.get(), LOCK_EX) == 0 && ::fcntl(held.get(), F_OFD_SETLK, &all) == 0);
  }
  /// Whether any process has taken part in the queue.
  bool was_used() const { return inside.region().table().shared->used_summary[0] != 0; }

  const region_watch inside = queue();
  base::unique_fd held;
};
INSTANTIATE_TEST_SUITE_P(Kinds, PreloadPoll, ::testing::Values("flock", "posix"));

TEST_P(PreloadPoll, WhoPollsIsHeldBackAndLeavesNothing) {
  child c = in_turn(polls, {GetParam(), "free"});
  EXPECT_TRUE(inside.until_blocked(c.pid()));
  held.reset();
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(contents(lines).find("locked") != std::string::npos, true);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_P(PreloadPoll, WhoIsKilledWhileItIsHeldBackIsInNobodysWay) {
  child first = in_turn(polls, {GetParam(), "free"});
  ASSERT_TRUE(inside.until_blocked(first.pid()));
  first.kill();
  child second = in_turn(polls, {GetParam(), "free"});
  ASSERT_TRUE(inside.until_blocked(second.pid()));
  held.reset();
  EXPECT_EQ(second.wait(), 0);
}

TEST_P(PreloadPoll, WhoHoldsAnotherLockIsNot) {
  child c = in_turn(polls, {GetParam(), "keeps"});
  ASSERT_TRUE(until_said("tried"));
  EXPECT_FALSE(was_used());
  held.reset();
  EXPECT_EQ(c.wait(), 0);
}

TEST_P(PreloadPoll, NobodyIsIfItIsSwitchedOff) {
  ::setenv("INTURN_POLL_HOLD", "0", 1);
  child c = in_turn(polls, {GetParam(), "free"});
  ::unsetenv("INTURN_POLL_HOLD");
  ASSERT_TRUE(until_said("tried"));
  EXPECT_FALSE(was_used());
  held.reset();
  EXPECT_EQ(c.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
