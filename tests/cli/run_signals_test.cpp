#include <gmock/gmock.h>
#include <pty.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "base/fd.hpp"
#include "cli/command_test.hpp"
#include "support/proc.hpp"

namespace inturn::test {
namespace {

class RunSignals : public CommandTest {
 protected:
  /// A command that says which signals it gets, one a line, and ends at "end" on its standard
  /// input.
  program listener() const { return program(inturn({"run", lock, "sh", "-c", listen})); }
  static inline const std::string listen =
      "for s in TERM INT HUP QUIT USR1 USR2; do trap \"echo $s\" $s; done; echo ready\n"
      "while kill -0 $PPID; do sleep 0.01; done";
};

TEST_F(RunSignals, WhatAProcessSendsReachesTheCommandOnce) {
  const program run = listener();
  ASSERT_TRUE(eventually([&] { return run.out() == "ready\n"; }));
  std::string expected = "ready\n";
  const std::pair<int, const char*> all[] = {{SIGTERM, "TERM"}, {SIGINT, "INT"},
                                             {SIGHUP, "HUP"},   {SIGQUIT, "QUIT"},
                                             {SIGUSR1, "USR1"}, {SIGUSR2, "USR2"}};
  for (const auto& [number, name] : all) {
    run.send(number);
    expected += std::string(name) + "\n";
    ASSERT_TRUE(eventually([&] { return run.out() == expected; })) << run.out();
  }
  // Sent with a value, and to the thread: these are processes' too.
  ::sigqueue(run.pid(), SIGUSR1, sigval{.sival_int = 1});
  expected += "USR1\n";
  ASSERT_TRUE(eventually([&] { return run.out() == expected; })) << run.out();
}

TEST_F(RunSignals, ACommandThatDiesOfAForwardedSignalGivesItsStatus) {
  program holder(inturn({"run", lock, "sh", "-c", "echo ready; exec cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "ready\n"; }));
  holder.send(SIGTERM);
  EXPECT_EQ(holder.wait().status, 128 + SIGTERM);
}

TEST_F(RunSignals, WhileItWaitsItDiesOfTheSignalAndLeavesTheQueue) {
  const auto held = flocked(lock, LOCK_EX);
  const program front(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  for (int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    for (const words& how : {words{"run"}, {"run", "-w", "100"}, {"run", "--verbose"}}) {
      words all = how;
      all.insert(all.end(), {lock, "true"});
      program waiter(inturn(all));
      ASSERT_TRUE(waiting(2));
      waiter.send(number);
      EXPECT_EQ(waiter.wait().signal_number, number);
      ASSERT_TRUE(waiting(1));
    }
  }
}

TEST_F(RunSignals, AtTheFrontItDiesOfTheSignalToo) {
  const auto held = flocked(lock, LOCK_EX);
  program front(inturn({"run", "-w", "100", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  front.send(SIGTERM);
  EXPECT_EQ(front.wait().signal_number, SIGTERM);
  EXPECT_TRUE(waiting(0));
}

// Whenever it comes: either we die of it, and there is no command, or the command gets it.
TEST_F(RunSignals, NoSignalIsLostBetweenTheForkAndTheWait) {
  ASSERT_TRUE(eventually([] { return ::waitpid(-1, nullptr, WNOHANG) < 0; })) << "of earlier tests";
  for (int i = 0; i < 60; ++i) {
    program run(inturn({"run", lock, "sleep", "1000"}));
    nap(std::chrono::microseconds(i * 50));
    run.send(SIGTERM);
    const outcome ended = run.wait();
    EXPECT_TRUE(ended.status == 128 + SIGTERM || ended.signal_number == SIGTERM);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "the command is still there";
    EXPECT_EQ(errno, ECHILD);
  }
}

/// `inturn run` as the foreground job of a terminal of its own.
class terminal {
 public:
  explicit terminal(const words& command) {
    int master = -1;
    const pid_t pid = ::forkpty(&master, nullptr, nullptr, nullptr);
    if (pid == 0) {
      std::vector<char*> argv;
      for (const std::string& each : command) argv.push_back(const_cast<char*>(each.c_str()));
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(child_failed);
    }
    master_ = base::unique_fd(master);
    job = child::of(pid);
  }
  void type(char key) const { ASSERT_EQ(::write(master_.get(), &key, 1), 1); }
  child job;

 private:
  base::unique_fd master_;
};

constexpr char control_c = 3;
constexpr char control_d = 4;
constexpr char control_z = 26;

TEST_F(RunSignals, ControlCReachesTheCommandOnce) {
  const std::string file = at("heard");
  const terminal tty(inturn({"run", lock, "sh", "-c", "exec > '" + file + "'; " + listen}));
  ASSERT_TRUE(eventually([&] { return text_of(file) == "ready\n"; }));
  // We sleep through it until the command has heard it: a second one would then be heard too.
  tty.job.stop();
  tty.type(control_c);
  ASSERT_TRUE(eventually([&] { return text_of(file) == "ready\nINT\n"; }));
  tty.job.resume();
  tty.job.send(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return text_of(file).ends_with("USR1\n"); }));
  EXPECT_EQ(text_of(file), "ready\nINT\nUSR1\n");
}

TEST_F(RunSignals, ControlCEndsBothAndTheCallerIsToldSo) {
  terminal tty(inturn({"run", lock, "sh", "-c", "echo ready > '" + at("heard") + "'; exec cat"}));
  ASSERT_TRUE(eventually([&] { return text_of(at("heard")) == "ready\n"; }));
  const pid_t pid = tty.job.pid();
  tty.type(control_c);
  siginfo_t info{};
  ASSERT_TRUE(eventually([&] {
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid;
  }));
  EXPECT_EQ(info.si_code, CLD_KILLED);
  EXPECT_EQ(info.si_status, SIGINT);
}

TEST_F(RunSignals, ControlZStopsBothAndBothGoOn) {
  const std::string file = at("command");
  // A shell with job control, whose foreground job it is; it goes on with it after a line.
  words command{"/bin/sh", "-mc", "\"$@\"; echo stopped > '" + at("shell") + "'; read line; fg",
                "sh"};
  for (const std::string& each :
       inturn({"run", lock, "sh", "-c", "echo $PPID $$ > '" + file + "'; exec cat"}))
    command.push_back(each);
  terminal tty(command);
  pid_t ours = 0, theirs = 0;
  ASSERT_TRUE(eventually(
      [&] { return std::istringstream(text_of(file)) >> ours >> theirs && asleep(theirs); }));
  tty.type(control_z);
  ASSERT_TRUE(eventually([&] { return text_of(at("shell")) == "stopped\n"; }));
  EXPECT_EQ(state_of_process(ours), 'T');
  EXPECT_TRUE(eventually([&] { return state_of_process(theirs) == 'T'; }));
  EXPECT_EQ(run({"run", "-n", lock, "true"}).status, 1) << "stopped, it holds the lock still";
  tty.type('\n');
  EXPECT_TRUE(eventually([&] { return asleep(ours) && asleep(theirs); }));
  tty.type(control_d);
  EXPECT_EQ(tty.job.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
