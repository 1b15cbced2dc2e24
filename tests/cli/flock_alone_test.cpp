#include <gmock/gmock.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "cli/fake_nfs.hpp"
#include "cli/flock_same.hpp"
#include "cli/flock_test.hpp"

// What is not util-linux's, or cannot be compared with it.

namespace inturn::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

class FlockAlone : public FlockTest {
 protected:
  program appending(int number) const {
    return program(
        flock({lock, "-c", "echo " + std::to_string(number) + " >> '" + at("order") + "'"}));
  }
};

TEST_F(FlockAlone, TwentyCommandsRunInTheOrderInWhichTheyWereStarted) {
  auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  std::string expected;
  for (int i = 1; i <= 20; ++i) {
    queue.push_back(appending(i));
    expected += std::to_string(i) + " ";
    ASSERT_TRUE(waiting(static_cast<std::size_t>(i)));
  }
  held.reset();
  for (program& each : queue) EXPECT_EQ(each.wait().status, 0);
  EXPECT_EQ(lines_of(at("order")), expected);
}

TEST_F(FlockAlone, DescriptorsAreLockedInOrderBesideRun) {
  auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  for (int i = 1; i <= 6; ++i) {
    const std::string says = "echo " + std::to_string(i) + " >> '" + at("order") + "'";
    if (i % 2 == 0)
      queue.emplace_back(inturn({"run", lock, "sh", "-c", says}));
    else
      queue.emplace_back(
          words{"sh", "-c", "exec 9> \"$2\"; \"$1\" 9; " + says, "sh", at("flock"), lock});
    ASSERT_TRUE(waiting(static_cast<std::size_t>(i)));
  }
  held.reset();
  for (program& each : queue) EXPECT_EQ(each.wait().status, 0);
  EXPECT_EQ(lines_of(at("order")), "1 2 3 4 5 6 ");
}

TEST_F(FlockAlone, WaitersWithATimeLimitLeaveTheQueue) {
  const auto held = flocked(lock, LOCK_EX);
  program first(flock({lock, "true"}));
  ASSERT_TRUE(waiting(1));
  EXPECT_EQ(run_flock({"-w", "0.05", "-E", "9", lock, "true"}).status, 9);
  EXPECT_TRUE(waiting(1));
}

TEST_F(FlockAlone, SignalsReachTheCommand) {
  program started(flock({lock, "sh", "-c",
                         "trap 'echo USR1' USR1; trap 'echo TERM; exit 5' TERM; echo ready\n"
                         "while kill -0 $PPID; do sleep 0.01; done"}));
  ASSERT_TRUE(eventually([&] { return started.out() == "ready\n"; }));
  started.send(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return started.out() == "ready\nUSR1\n"; }));
  started.send(SIGTERM);
  EXPECT_EQ(started.wait().status, 5);
  EXPECT_EQ(started.out(), "ready\nUSR1\nTERM\n");
}

TEST_F(FlockAlone, WhileItWaitsItDiesOfTheSignal) {
  const auto held = flocked(lock, LOCK_EX);
  for (const words& how : {words{lock, "true"}, {"-w", "100", lock, "true"}}) {
    program waiter(flock(how));
    ASSERT_TRUE(waiting(1));
    waiter.send(SIGTERM);
    EXPECT_EQ(waiter.wait().signal_number, SIGTERM);
    EXPECT_TRUE(waiting(0));
  }
}

TEST_F(FlockAlone, HelpAndVersionNameWhatWasCalled) {
  EXPECT_THAT(run_flock({"-h"}).out, HasSubstr("\nUsage:\n flock [options] <file>"));
  EXPECT_THAT(run({"flock", "--help"}).out, HasSubstr("\nUsage:\n inturn flock [options] <file>"));
  EXPECT_EQ(run({"help", "flock"}).out, run({"flock", "--help"}).out);
  EXPECT_THAT(run_flock({"-V"}).out, StartsWith("flock from inturn "));
  EXPECT_THAT(run({"--help"}).out, HasSubstr("inturn flock "));
}

TEST_F(FlockAlone, OpensAnewForWritingWhereALockWantsThat) {
  if (!fake_nfs::can_be_had()) GTEST_SKIP() << "needs seccomp's notifications";
  for (int error : {EIO, EBADF}) {
    for (const std::string& which : {at("flock"), plain_flock()}) {
      if (which.empty()) continue;
      fake_nfs nfs(error);
      const outcome ran = nfs.run({which, lock, "grep", "flags", "/proc/self/fdinfo/3"}, bare);
      EXPECT_EQ(ran.status, 0) << ran.err;
      EXPECT_THAT(ran.out, HasSubstr("02\n"));
      EXPECT_GT(nfs.refused(), 0);
    }
  }
  fake_nfs nfs(EBADF);
  EXPECT_EQ(nfs.run(flock({"-s", lock, "true"})).status, 0);
  EXPECT_EQ(nfs.refused(), 0);
}

TEST_F(FlockAlone, DoesNotOpenAnewWhatCannotBeWritten) {
  if (::geteuid() != 0 || !fake_nfs::can_be_had())
    GTEST_SKIP() << "needs root, and seccomp's notifications";
  write_file(lock, "");
  fs::permissions(lock, fs::perms(0444));
  fake_nfs nfs(EIO);
  const outcome refused =
      nfs.run(flock({lock, "true"}),
              {{}, [] { require(::setgroups(0, nullptr) == 0 && ::setuid(65534) == 0); }});
  EXPECT_EQ(refused.status, 65);
  EXPECT_EQ(refused.err, "flock: " + lock + ": Input/output error\n");
}

TEST_F(FlockAlone, AskedToTellItTellsEvenWhenItBecomesTheCommand) {
  EXPECT_THAT(run_flock({"--verbose", "-F", lock, "echo", "ran"}).out,
              testing::MatchesRegex("flock: getting lock took 0\\.[0-9]+ seconds\n"
                                    "flock: executing echo\nran\n"));
}

TEST_F(FlockAlone, WithoutAQueueItLocksAllTheSameAndSaysSoWhenAsked) {
  const setting no_place{{{"INTURN_RUNTIME_DIR", at("nowhere")}}, [] {}};
  const outcome quiet = run_flock({lock, "echo", "ran"}, no_place);
  EXPECT_EQ(quiet.out + quiet.err, "ran\n");
  const outcome told = run_flock({"--verbose", lock, "echo", "ran"}, no_place);
  EXPECT_THAT(told.err, StartsWith("flock: order is not guaranteed: "));
  const auto held = flocked(lock, LOCK_EX);
  EXPECT_EQ(run_flock({"-n", lock, "true"}, no_place).status, 1);
}

TEST_F(FlockAlone, SecondsAsTheLocaleWritesThem) {
  const std::string made = at("de_DE.UTF-8");
  if (run_program({"localedef", "-i", "de_DE", "-f", "UTF-8", made}).status != 0)
    GTEST_SKIP() << "needs the sources of a locale (Debian: locales)";
  const setting german{{{"LOCPATH", dir_.path()}, {"LC_ALL", "de_DE.UTF-8"}}, [] {}};
  const auto held = flocked(lock, LOCK_EX);
  for (const char* seconds : {"0,05", "0.05"})
    EXPECT_EQ(run_flock({"-w", seconds, lock, "true"}, german).status, 1) << seconds;
  EXPECT_EQ(run_flock({"-w", "0,05", lock, "true"}).status, 64);
}

TEST_F(FlockAlone, WithoutDescriptorsLeft) {
  for (rlim_t some : {3, 4, 5}) {
    const setting few{{}, [&] {
                        close_all_but_the_standard_three();
                        const rlimit limit{some, some};
                        require(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
                      }};
    if (run({"--version"}, few).status != 0) GTEST_SKIP() << "shared libraries need one";
    const outcome ran = run_flock({lock, at("flock"), "-V"}, few);
    EXPECT_EQ(ran.status, some == 3 ? 71 : 0) << ran.err;
    EXPECT_EQ(ran.err,
              some == 3 ? "flock: cannot open lock file " + lock + ": Too many open files\n" : "");
  }
}

TEST_F(FlockAlone, WhereStandardOutputIsClosedTheLockFileDoesNotTakeItsPlace) {
  const outcome ran =
      run_script("exec \"$1\" \"$2\" sh -c 'echo text; readlink /proc/self/fd/3 >&2' >&-");
  EXPECT_EQ(text_of(lock), "");
  EXPECT_THAT(ran.err, HasSubstr(lock + "\n"));
}

}  // namespace
}  // namespace inturn::test
