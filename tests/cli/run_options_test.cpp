#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <chrono>
#include <filesystem>

#include "cli/command_test.hpp"

namespace inturn::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using RunOptions = CommandTest;

TEST_F(RunOptions, ExitStatusIsTheCommands) {
  EXPECT_EQ(run({"run", lock, "true"}).status, 0);
  EXPECT_EQ(run({"run", lock, "sh", "-c", "exit 7"}).status, 7);
}

TEST_F(RunOptions, ExitStatusOfACommandThatDiedOfASignalIs128More) {
  const outcome died = run({"run", lock, "sh", "-c", "kill -TERM $$"});
  EXPECT_EQ(died.status, 128 + SIGTERM);
}

TEST_F(RunOptions, TheCommandsOptionsAreItsOwn) {
  EXPECT_EQ(run({"run", lock, "echo", "-s", "-x", "--nonblock"}).out, "-s -x --nonblock\n");
  EXPECT_EQ(run({"run", "-s", lock, "--", "echo", "-x", "--", "-n"}).out, "-x -- -n\n");
  EXPECT_EQ(run({"run", "-s", "--", lock, "echo", "-x"}).out, "-x\n");
  EXPECT_EQ(run({"run", lock, "sh", "-c", "echo $1", "sh", "--help"}).out, "--help\n");
}

TEST_F(RunOptions, ALockFileMayHaveAnyName) {
  const setting there{{}, [this] { require(::chdir(dir_.path().c_str()) == 0); }};
  for (const std::string name : {"run", "show", "-", "true"})
    EXPECT_EQ(run({"run", name, "echo", name}, there).out, name + "\n");
  EXPECT_EQ(run({"run", "--", "-odd", "echo", "a"}, there).out, "a\n");
  EXPECT_TRUE(std::filesystem::exists(at("-odd")));
}

TEST_F(RunOptions, AStringIsRunByTheShell) {
  const setting sh{{{"SHELL", "/bin/sh"}}, [] {}};
  EXPECT_EQ(run({"run", lock, "-c", "echo $((1 + 2))"}, sh).out, "3\n");
  EXPECT_EQ(run({"run", "-c", "echo $((1 + 2))", lock}, sh).out, "3\n");
  EXPECT_EQ(run({"run", lock, "--command", "exit 3"}, sh).status, 3);
  const setting echo{{{"SHELL", "/bin/echo"}}, [] {}};
  EXPECT_EQ(run({"run", lock, "-c", "words"}, echo).out, "-c words\n");
}

TEST_F(RunOptions, NonblockingGivesUpAtOnce) {
  const auto held = flocked(lock, LOCK_EX);
  for (const words& how : {words{"-n"}, {"--nonblock"}, {"-w", "0"}, {"--timeout=0"}}) {
    words all{"run"};
    all.insert(all.end(), how.begin(), how.end());
    all.insert(all.end(), {lock, "echo", "ran"});
    const outcome gave_up = run(all);
    EXPECT_EQ(gave_up.status, 1);
    EXPECT_EQ(gave_up.out, "");
    EXPECT_EQ(gave_up.err, "");
  }
}

TEST_F(RunOptions, TheStatusOfAConflictCanBeChosen) {
  const auto held = flocked(lock, LOCK_SH);
  EXPECT_EQ(run({"run", "-n", "-E", "42", lock, "true"}).status, 42);
  EXPECT_EQ(run({"run", "-nE0", lock, "false"}).status, 0);
  EXPECT_EQ(run({"run", "-w", "0.01", "--conflict-exit-code=255", lock, "true"}).status, 255);
}

TEST_F(RunOptions, ATimeoutEndsTheWaitNotEarlierAndNotMuchLater) {
  const auto held = flocked(lock, LOCK_EX);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run({"run", "-w", "0.3", lock, "true"}).status, 1);
  const auto waited = std::chrono::steady_clock::now() - began;
  EXPECT_GE(waited, std::chrono::milliseconds(300));
  EXPECT_LT(waited, std::chrono::seconds(5));
}

TEST_F(RunOptions, ATimeoutAlsoEndsTheWaitOfOneThatIsNotNext) {
  const auto held = flocked(lock, LOCK_EX);
  const program first(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  EXPECT_EQ(run({"run", "-w", "0.1", lock, "true"}).status, 1);
}

TEST_F(RunOptions, ATimeoutThatIsNotReachedDoesNothing) {
  auto held = flocked(lock, LOCK_EX);
  program waiter(
      inturn({"run", "--timeout", "100.5", lock, "grep", "Sig[BIC]", "/proc/self/status"}));
  ASSERT_TRUE(waiting(1));
  held.reset();
  const outcome done = waiter.wait();
  EXPECT_EQ(done.status, 0);
  // Nothing of the timer is left in the command.
  EXPECT_EQ(done.out, run_program({"grep", "Sig[BIC]", "/proc/self/status"}).out);
}

TEST_F(RunOptions, SharedGoesWithSharedAndExclusiveWithNone) {
  const auto held = flocked(lock, LOCK_SH);
  EXPECT_EQ(run({"run", "-n", "-s", lock, "true"}).status, 0);
  EXPECT_EQ(run({"run", "-n", "--shared", lock, "true"}).status, 0);
  EXPECT_EQ(run({"run", "-n", lock, "true"}).status, 1);
  EXPECT_EQ(run({"run", "-n", "-x", lock, "true"}).status, 1);
  EXPECT_EQ(run({"run", "-n", "-s", "-e", lock, "true"}).status, 1) << "the last one counts";
  EXPECT_EQ(run({"run", "-n", "--exclusive", "--shared", lock, "true"}).status, 0);
}

TEST_F(RunOptions, ARangeIsLockedByOfdLocks) {
  const auto held = record_locked(lock, F_OFD_SETLK, F_WRLCK, 10, 10);
  EXPECT_EQ(run({"run", "-n", "--start", "0", "--length", "10", lock, "true"}).status, 0);
  EXPECT_EQ(run({"run", "-n", "--start", "19", "--length", "1", lock, "true"}).status, 1);
  EXPECT_EQ(run({"run", "-n", "--start", "20", lock, "true"}).status, 0);
  EXPECT_EQ(run({"run", "-n", "--length", "0", lock, "true"}).status, 1);
  EXPECT_EQ(run({"run", "-n", "-s", "--start=5", "--length=6", lock, "true"}).status, 1);
  EXPECT_EQ(run({"run", "-n", lock, "true"}).status, 0) << "flock is another world";
}

TEST_F(RunOptions, TheCommandHasAFencingTokenThatGrows) {
  std::uint64_t last = 0;
  for (const words& how : {words{"run"}, {"run", "-s"}, {"run", "-F"}, {"run", "-o"}}) {
    words all = how;
    all.insert(all.end(), {lock, "printenv", "INTURN_TICKET"});
    const outcome told = run(all, {{{"INTURN_TICKET", "0"}}, [] {}});
    ASSERT_THAT(told.out, MatchesRegex("[0-9]+\n"));
    const std::uint64_t ticket = std::stoull(told.out);
    EXPECT_GT(ticket, last);
    last = ticket;
  }
}

TEST_F(RunOptions, VerboseSaysHowManyAreAheadAndHowLongItTook) {
  auto held = flocked(lock, LOCK_EX);
  const program first(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  const program second(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(2));
  program third(inturn({"run", "--verbose", lock, "true"}));
  ASSERT_TRUE(waiting(3));
  ASSERT_TRUE(eventually([&] { return third.err() == "inturn: " + lock + ": 2 ahead\n"; }))
      << third.err();
  held.reset();
  const outcome done = third.wait();
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.err, HasSubstr("inturn: " + lock + ": locked after "));
  EXPECT_EQ(done.out, "");
}

TEST_F(RunOptions, VerboseSaysThatItIsNextAndHasToWait) {
  auto held = flocked(lock, LOCK_EX);
  for (const words& how : {words{}, {"-w", "100"}}) {
    words all{"run", "--verbose"};
    all.insert(all.end(), how.begin(), how.end());
    all.insert(all.end(), {lock, "true"});
    const program front(inturn(all));
    EXPECT_TRUE(eventually([&] { return front.err() == "inturn: " + lock + ": 0 ahead\n"; }));
  }
}

TEST_F(RunOptions, WithoutVerboseItSaysNothing) {
  auto held = flocked(lock, LOCK_EX);
  program front(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  program second(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(2));
  held.reset();
  EXPECT_EQ(front.wait().err + second.wait().err, "");
}

TEST_F(RunOptions, VerboseSaysThatItGaveUp) {
  const auto held = flocked(lock, LOCK_EX);
  EXPECT_THAT(run({"run", "--verbose", "-n", lock, "true"}).err,
              HasSubstr(lock + ": locked by another"));
}

TEST_F(RunOptions, NoForkBecomesTheCommand) {
  program itself(inturn({"run", "-F", lock, "sh", "-c", "echo $$"}));
  const std::string own = std::to_string(itself.pid()) + "\n";
  EXPECT_EQ(itself.wait().out, own);
  program other(inturn({"run", lock, "sh", "-c", "echo $$"}));
  const std::string not_own = std::to_string(other.pid()) + "\n";
  EXPECT_NE(other.wait().out, not_own);
}

struct misuse {
  words arguments;
  const char* says;
};

TEST_F(RunOptions, MisuseIsExplained) {
  const misuse all[] = {
      {{}, "a subcommand is missing"},
      {{"rum"}, "rum: no such subcommand"},
      {{"help", "rum"}, "rum: no such subcommand"},
      {{"run"}, "run: LOCK and COMMAND are missing"},
      {{"run", "L"}, "run: COMMAND is missing"},
      {{"run", "L", "--"}, "run: COMMAND is missing"},
      {{"run", "", "true"}, "run: LOCK is empty"},
      {{"run", "--bogus", "L", "true"}, "run: --bogus: no such option"},
      {{"run", "-sq", "L", "true"}, "run: -q: no such option"},
      {{"run", "-w", "abc", "L", "true"}, "run: --timeout abc: not a number of seconds"},
      {{"run", "-w", "-1", "L", "true"}, "run: --timeout -1: not a number of seconds"},
      {{"run", "-w", "inf", "L", "true"}, "run: --timeout inf: not a number of seconds"},
      {{"run", "-w", "1s", "L", "true"}, "run: --timeout 1s: not a number of seconds"},
      {{"run", "-w"}, "-w"},
      {{"run", "-E", "256", "L", "true"}, "256: not a number from 0 to 255"},
      {{"run", "-E", "x", "L", "true"}, "x: not a number from 0 to 255"},
      {{"run", "--start", "-1", "L", "true"}, "--start -1: not a number"},
      {{"run", "--length", "9223372036854775808", "L", "true"}, "not a number"},
      {{"run", "--start", "9223372036854775807", "--length", "2", "L", "true"},
       "beyond the last byte"},
      {{"run", "-c", "true", "L", "true"}, "-c STRING and a COMMAND besides"},
      {{"run", "L", "-c"}, "-c wants exactly one STRING"},
      {{"run", "L", "-c", "true", "x"}, "-c wants exactly one STRING"},
      {{"run", "-F", "-o", "L", "true"}, "--no-fork and --close"},
      {{"show", "--bogus"}, "show: "},
  };
  for (const misuse& each : all) {
    const outcome refused = run(each.arguments);
    EXPECT_EQ(refused.status, 64) << each.says;
    EXPECT_THAT(refused.err, testing::StartsWith("inturn: ")) << each.says;
    EXPECT_THAT(refused.err, HasSubstr(each.says));
    EXPECT_THAT(refused.err, HasSubstr("(see inturn ")) << each.says;
    EXPECT_EQ(refused.out, "");
  }
}

TEST_F(RunOptions, HelpAndVersionGoToStandardOutput) {
  for (const words& ask : {words{"--help"}, {"-h"}, {"help"}}) {
    const outcome told = run(ask);
    EXPECT_EQ(told.status, 0);
    EXPECT_THAT(told.out, HasSubstr("inturn run"));
    EXPECT_THAT(told.out, HasSubstr("inturn show"));
  }
  EXPECT_THAT(run({"run", "--help"}).out, HasSubstr("--conflict-exit-code"));
  EXPECT_EQ(run({"help", "run"}).out, run({"run", "-h"}).out);
  EXPECT_THAT(run({"show", "--help"}).out, HasSubstr("--json"));
  EXPECT_THAT(run({"--version"}).out, MatchesRegex("inturn [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace inturn::test
