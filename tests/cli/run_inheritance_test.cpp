#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <csignal>
#include <sstream>

#include "cli/command_test.hpp"

namespace inturn::test {
namespace {

class RunInheritance : public CommandTest {
 protected:
  bool locked() const { return run({"run", "-n", lock, "true"}).status == 1; }
  bool becomes_free() const {
    return eventually([this] { return !locked(); });
  }
};

const std::string say_and_stay = "echo $$; cat";

TEST_F(RunInheritance, TheLockStaysWithTheCommandWhenRunIsKilled) {
  program holder(inturn({"run", lock, "sh", "-c", say_and_stay}));
  ASSERT_TRUE(eventually([&] { return holder.out().ends_with("\n"); }));
  const pid_t command = std::stoi(holder.out());
  holder.kill();
  EXPECT_TRUE(locked());
  const json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_GE(holders[0].at("pid"), command);
  holder.end_input();  // the command ends
  EXPECT_TRUE(becomes_free());
}

TEST_F(RunInheritance, TheLockStaysWithWhatTheCommandLeavesBehind) {
  program holder(inturn({"run", lock, "sh", "-c", "exec 9<&0; cat <&9 & echo done"}));
  ASSERT_TRUE(eventually([&] { return !holder.runs(); }));
  EXPECT_EQ(holder.out(), "done\n");
  EXPECT_TRUE(locked());
  holder.end_input();
  EXPECT_TRUE(becomes_free());
}

TEST_F(RunInheritance, CloseKeepsTheLockFromTheCommand) {
  program holder(
      inturn({"run", "-o", lock, "sh", "-c", "readlink /proc/self/fd/*; " + say_and_stay}));
  ASSERT_TRUE(eventually([&] { return holder.out().ends_with("\n"); }));
  EXPECT_THAT(holder.out(), testing::Not(testing::HasSubstr(lock + "\n")));
  EXPECT_TRUE(locked());
  holder.kill();  // the lock is its alone; the command goes on
  EXPECT_TRUE(becomes_free());
}

TEST_F(RunInheritance, NoForkIsOneProcess) {
  program holder(inturn({"run", "-F", lock, "sh", "-c", "echo here; read line"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "here\n"; }));
  EXPECT_TRUE(locked());
  const json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].at("pid"), holder.pid());
  EXPECT_TRUE(holders[0].at("also").empty());
  holder.kill();
  EXPECT_TRUE(becomes_free());
}

TEST_F(RunInheritance, TheCommandGetsNoOtherDescriptor) {
  for (const char* how : {"--verbose", "-F", "-w9", "--start=1"}) {
    const outcome listed =
        run({"run", how, lock, "sh", "-c", "for f in /proc/$$/fd/*; do readlink $f; done"});
    std::istringstream lines(listed.out);
    int others = 0, locks = 0;
    for (std::string line; std::getline(lines, line);) {
      locks += line == lock ? 1 : 0;
      others += line.find("runtime") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(locks, 1) << how << listed.out;
    EXPECT_EQ(others, 0) << how << listed.out;
  }
}

/// Blocked, ignored and caught signals, as the command finds them.
outcome signals_of_the_command(const words& options, const std::string& lock, const setting& how) {
  words all{"run"};
  all.insert(all.end(), options.begin(), options.end());
  all.insert(all.end(), {lock, "grep", "^Sig[BIC]", "/proc/self/status"});
  return run(all, how);
}

TEST_F(RunInheritance, TheCommandFindsTheSignalsThatWeFound) {
  const setting odd{{}, [] {
                      ::signal(SIGINT, SIG_IGN);
                      ::signal(SIGCHLD, SIG_IGN);
                      sigset_t set;
                      sigemptyset(&set);
                      sigaddset(&set, SIGUSR1);
                      sigaddset(&set, SIGRTMIN);
                      ::sigprocmask(SIG_BLOCK, &set, nullptr);
                    }};
  const std::string plain = run_program({"grep", "^Sig[BIC]", "/proc/self/status"}, odd).out;
  for (const words& options : {words{}, {"-F"}, {"-o"}, {"-w", "5"}, {"-F", "-w", "5"}}) {
    const outcome seen = signals_of_the_command(options, lock, odd);
    EXPECT_EQ(seen.status, 0) << "its end was not lost, though SIGCHLD is ignored";
    EXPECT_EQ(seen.out, plain);
  }
}

}  // namespace
}  // namespace inturn::test
