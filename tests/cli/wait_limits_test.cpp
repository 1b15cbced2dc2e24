#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <filesystem>

#include "cli/wait_test.hpp"

// What it must not do, and what it cannot see.

namespace inturn::test {
namespace {

using testing::StartsWith;
namespace fs = std::filesystem;
using WaitLimits = WaitTest;

/// From now on, who locks anything is killed.
void forbid_locks() {
  constexpr auto arg_1 = offsetof(seccomp_data, args) + sizeof(std::uint64_t);
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 6, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 6),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg_1),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETLK, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETLKW, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_OFD_SETLK, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_OFD_SETLKW, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog all{sizeof code / sizeof *code, code};
  require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  require(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) == 0);
}

TEST_F(WaitLimits, ItTakesNothing) {
  const setting without_locks{{}, forbid_locks};
  if (run({"--version"}, without_locks).status != 0) GTEST_SKIP() << "needs seccomp";
  ASSERT_EQ(run_program({"flock", at("other"), "true"}, without_locks).signal_number, SIGSYS);
  program holder(inturn({"run", lock, "sh", "-c", "echo holds; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "holds\n"; }));
  program next(inturn({"run", lock, "true"}));
  ASSERT_TRUE(CommandTest::waiting(1));
  program waiting(inturn({"wait", lock}), without_locks);
  EXPECT_TRUE(waits(waiting));
  holder.end_input();
  EXPECT_EQ(waiting.wait().status, 0);
}

TEST_F(WaitLimits, ALockOfSomebodyElseIsSeen) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  const setting nobody{{}, [] { require(::setgroups(0, nullptr) == 0 && ::setuid(65534) == 0); }};
  const base::unique_fd held = flocked(lock, LOCK_EX);
  EXPECT_EQ(run({"wait", "-w", "0", lock}, nobody).status, 1) << "by the kernel's list of locks";
  const base::unique_fd other = record_locked(at("other"), F_OFD_SETLK, F_WRLCK, 0, 1);
  EXPECT_EQ(run({"wait", "-w", "0", at("other")}, nobody).status, 1);
}

bool in_first_pid_namespace() {
  return fs::read_symlink("/proc/self/ns/pid") == "pid:[4026531836]";
}

TEST_F(WaitLimits, WhatItMayNotHaveSeenIsSaid) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  write_file(lock, "");
  const words as_nobody{"setpriv", "--reuid=65534", "--clear-groups", inturn({})[0], "wait", lock};
  words in_a_namespace{"unshare", "--pid", "--fork",       "--mount-proc",
                       "sh",      "-c",    "\"$@\"; true", "sh"};
  if (in_first_pid_namespace()) {
    EXPECT_EQ(run_program(as_nobody).err, "");
  }
  if (run_program({"unshare", "--pid", "--fork", "--mount-proc", "true"}).status != 0)
    GTEST_SKIP() << "may not make a pid namespace";
  in_a_namespace.insert(in_a_namespace.end(), as_nobody.begin(), as_nobody.end());
  EXPECT_THAT(run_program(in_a_namespace).err,
              StartsWith("inturn: " + lock + ": free, as far as can be seen: "));
}

// Where the kernel's list leaves out locks whose taker has ended: outside of the first pid namespace.
TEST_F(WaitLimits, ALockWhoseTakerHasEndedIsSeen) {
  const auto in_a_namespace = [&](const std::string& script) {
    return run_program({"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh",
                        inturn({})[0], lock});
  };
  if (in_a_namespace("true").status != 0) GTEST_SKIP() << "may not make a pid namespace";
  const std::string taken =
      "exec 9>\"$2\"; flock 9; grep -c \"$(stat -c :%i \"$2\") \" /proc/locks; ";
  EXPECT_EQ(in_a_namespace(taken + "\"$1\" wait -w 0 \"$2\"; echo $?").out, "0\n1\n");
}

}  // namespace
}  // namespace inturn::test
