#include <sys/wait.h>

#include "preload/under_shim.hpp"

// Unmodified programs that wait get the lock in the order in which they came, and leave nothing behind.

namespace inturn::test {
namespace {

using names = std::vector<std::string>;

int lock(const names& given, int fd) {
  auto all = record(F_WRLCK);
  if (given[2] == "flock") return ::flock(fd, LOCK_EX);
  if (given[2] == "lockf") return ::lockf(fd, F_LOCK, 0);
  return ::fcntl(fd, given[2] == "ofd" ? F_OFD_SETLKW : F_SETLKW, &all);
}

/// Waits for the lock, says its name, and ends.
const role passes("passes", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  if (lock(given, fd) != 0) return errno;
  say(given[1], given[3]);
  return 0;
});

/// Holds it, and when somebody waits, lets go and asks again at once.
const role comes_again("comes-again", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  if (lock(given, fd) != 0) return errno;
  say(given[1], "first");
  require(eventually([&] { return contents(given[3]) == "go"; }));
  ::close(fd);
  const int again = ::open(given[0].c_str(), O_RDWR);
  if (lock(given, again) != 0) return errno;
  say(given[1], "again");
  return 0;
});

class PreloadQueue : public preload_test, public ::testing::WithParamInterface<const char*> {
 protected:
  /// Locked by this process, in the way that excludes those of the parameter.
  base::unique_fd hold() const {
    base::unique_fd fd = open();
    auto all = record(F_WRLCK);
    const bool by_flock = std::string(GetParam()) == "flock";
    EXPECT_EQ(by_flock ? ::flock(fd.get(), LOCK_EX) : ::fcntl(fd.get(), F_OFD_SETLK, &all), 0);
    return fd;
  }
};
INSTANTIATE_TEST_SUITE_P(Kinds, PreloadQueue, ::testing::Values("flock", "posix", "ofd", "lockf"));

TEST_P(PreloadQueue, FirstComeFirstServed) {
  const auto inside = queue();
  auto held = hold();
  std::vector<child> all;
  std::string expected;
  for (int i = 0; i < 6; ++i) {
    all.push_back(in_turn(passes, {GetParam(), std::to_string(i)}));
    expected += std::to_string(i) + "\n";
    ASSERT_TRUE(eventually(
        [&] { return inside.holds(all.back().pid()) || inside.waits(all.back().pid()); }));
  }
  held.reset();
  for (child& each : all) EXPECT_EQ(each.wait(), 0);
  EXPECT_EQ(contents(lines), expected);
  EXPECT_TRUE(inside.requests().empty());
}

TEST_P(PreloadQueue, WhoLetsGoGoesToTheEnd) {
  const auto inside = queue();
  const std::string go = dir / "go";
  write_file(go, "");
  child first = in_turn(comes_again, {GetParam(), go});
  ASSERT_TRUE(until_said("first"));
  child front = in_turn(passes, {GetParam(), "front"});
  ASSERT_TRUE(inside.until_holds(front.pid()));
  child next = in_turn(passes, {GetParam(), "next"});
  ASSERT_TRUE(inside.until_waits(next.pid()));
  write_file(go, "go");
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(front.wait(), 0);
  EXPECT_EQ(next.wait(), 0);
  EXPECT_EQ(contents(lines), "first\nfront\nnext\nagain\n");
}

TEST_P(PreloadQueue, TheDeathsOfFrontAndWaiterCostNobodyHisTurn) {
  const auto inside = queue();
  auto held = hold();
  child front = in_turn(passes, {GetParam(), "front"});
  ASSERT_TRUE(inside.until_holds(front.pid()));
  child waiter = in_turn(passes, {GetParam(), "waiter"});
  ASSERT_TRUE(inside.until_waits(waiter.pid()));
  child last = in_turn(passes, {GetParam(), "last"});
  ASSERT_TRUE(inside.until_waits(last.pid()));
  front.kill();
  waiter.kill();
  EXPECT_TRUE(inside.until_holds(last.pid()));
  held.reset();
  EXPECT_EQ(last.wait(), 0);
  EXPECT_EQ(contents(lines), "last\n");
}

using Preload = preload_test;

/// As tdb: holds the first byte, and when another waits for it and more, asks for the rest.
const role upgrades("upgrades", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  auto first = record(F_WRLCK, 0, 1), rest = record(F_WRLCK, 1, 0);
  require(::fcntl(fd, F_SETLKW, &first) == 0);
  say(given[1], "first");
  require(eventually([&] { return contents(given[2]) == "go"; }));
  if (::fcntl(fd, F_SETLKW, &rest) != 0) return errno;
  say(given[1], "both");
  return 0;
});

TEST_F(Preload, WhoHoldsAByteForWhichAnotherWaitsGetsTheRest) {
  const auto inside = queue();
  const std::string go = dir / "go";
  write_file(go, "");
  child holder = in_turn(upgrades, {go});
  ASSERT_TRUE(until_said("first"));
  child other = in_turn(passes, {"posix", "other"});
  ASSERT_TRUE(inside.until_holds(other.pid()));
  write_file(go, "go");
  EXPECT_EQ(holder.wait(), 0);
  EXPECT_EQ(other.wait(), 0);
  EXPECT_EQ(contents(lines), "first\nboth\nother\n");
}

/// A vfork child must leave nothing in its parent's memory: it is killed while it waits.
const role vforks("vforks", [](const names& given) {
  const int fd = ::open(given[0].c_str(), O_RDWR);
  const int mine = ::open((given[0] + ".mine").c_str(), O_RDWR | O_CREAT, 0600);
  for (int i = 0; i < 3; ++i) require(::flock(mine, LOCK_EX) == 0 && ::flock(mine, LOCK_UN) == 0);
  const pid_t child = ::vfork();
  if (child == 0) {
    ::alarm(1);
    ::flock(fd, LOCK_EX);
    ::_exit(0);
  }
  int status = 0;
  require(::waitpid(child, &status, 0) == child && WIFSIGNALED(status));
  say(given[1], "killed");
  require(::flock(fd, LOCK_EX) == 0);
  return 0;
});

TEST_F(Preload, AVforkChildLeavesNothingInItsParent) {
  const auto inside = queue();
  auto held = base::open_file(file.c_str(), O_RDWR);
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  child c = in_turn(vforks);
  ASSERT_TRUE(until_said("killed"));
  ASSERT_TRUE(inside.until_holds(c.pid()));
  EXPECT_EQ(inside.requests().size(), 1U);
  held.reset();
  EXPECT_EQ(c.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
