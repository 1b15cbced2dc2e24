#include <fcntl.h>
#include <gmock/gmock.h>
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
#include <optional>

#include "cli/command_test.hpp"
#include "inturn/lock.hpp"
#include "support/proc.hpp"

namespace inturn::test {
namespace {

using testing::StartsWith;
namespace fs = std::filesystem;

class Wait : public CommandTest {
 protected:
  outcome look(const words& options = {}) const {
    words all{"wait", "-w", "0", lock};
    all.insert(all.end(), options.begin(), options.end());
    return run(all);
  }
  bool is_free(const words& options = {}) const {
    const outcome looked = look(options);
    EXPECT_THAT(looked.status, testing::AnyOf(0, 1)) << looked.err;
    return looked.status == 0;
  }
  program waiter() const { return program(inturn({"wait", lock})); }
  /// It sleeps, and has found the lock held: one that had not would have ended.
  static bool waits(const program& started) {
    return eventually([&] { return asleep(started.pid()); }) && started.runs();
  }
};

TEST_F(Wait, AFreeFileIsFreeAndIsLeftAlone) {
  write_file(lock, "text");
  const outcome looked = run({"wait", lock});
  EXPECT_EQ(looked.status, 0);
  EXPECT_EQ(looked.out, "");
  EXPECT_EQ(text_of(lock), "text");
  EXPECT_TRUE(fs::is_empty(at("runtime"))) << "looking makes no queue";
}

TEST_F(Wait, NoSuchFile) {
  const outcome none = run({"wait", lock});
  EXPECT_EQ(none.status, 66);
  EXPECT_THAT(none.err, StartsWith("inturn: " + lock + ": cannot look at it: No such file"));
  EXPECT_FALSE(fs::exists(lock));
}

TEST_F(Wait, WrongUsage) {
  write_file(lock, "");
  for (const words& wrong : {words{"wait"},
                             {"wait", "-w", "x", lock},
                             {"wait", "-E", "256", lock},
                             {"wait", "-w", "-1", lock},
                             {"wait", lock, lock}})
    EXPECT_EQ(run(wrong).status, 64);
}

TEST_F(Wait, EveryKindOfLockIsSeenAndItsEndIsNoticed) {
  write_file(lock, "");
  for (int command : {0, F_OFD_SETLK, F_SETLK}) {
    base::unique_fd held =
        command == 0 ? flocked(lock, LOCK_EX) : record_locked(lock, command, F_WRLCK, 7, 1);
    EXPECT_FALSE(is_free());
    EXPECT_FALSE(is_free({"-s"}));
    program waiting = waiter();
    EXPECT_TRUE(waits(waiting));
    held.reset();
    EXPECT_EQ(waiting.wait().status, 0);
    EXPECT_TRUE(is_free());
  }
}

TEST_F(Wait, TheRegionOfALockOfTheLibraryIsSeenAndItsEndIsNoticed) {
  lock_file native(lock);
  EXPECT_TRUE(is_free()) << "to take part is not to hold";
  for (mode how : {mode::exclusive, mode::shared}) {
    std::optional<hold> held = native.lock(how);
    EXPECT_FALSE(is_free());
    EXPECT_EQ(is_free({"-s"}), how != mode::exclusive);
    program waiting = waiter();
    EXPECT_TRUE(waits(waiting));
    held.reset();
    EXPECT_EQ(waiting.wait().status, 0);
  }
}

TEST_F(Wait, UnlockingWithoutClosingIsNoticed) {
  const base::unique_fd held = flocked(lock, LOCK_EX);
  program waiting = waiter();
  EXPECT_TRUE(waits(waiting));
  ASSERT_EQ(::flock(held.get(), LOCK_UN), 0);
  EXPECT_EQ(waiting.wait().status, 0);
}

TEST_F(Wait, SharedOnesMatterToWhoWantsItExclusively) {
  const base::unique_fd held = flocked(lock, LOCK_SH);
  EXPECT_FALSE(is_free());
  EXPECT_FALSE(is_free({"-s", "-x"}));
  EXPECT_TRUE(is_free({"-s"}));
}

TEST_F(Wait, TheTimeLimitAndItsStatus) {
  const base::unique_fd held = flocked(lock, LOCK_EX);
  EXPECT_EQ(run({"wait", "-w", "0.05", lock}).status, 1);
  EXPECT_EQ(run({"wait", "-w", "0.05", "-E", "9", lock}).status, 9);
  EXPECT_EQ(run({"wait", "-n", "-E", "9", lock}).status, 9);
  EXPECT_EQ(look().err, "");
}

TEST_F(Wait, TheDeathOfTheHolderIsNoticed) {
  program holder(inturn({"run", "-F", lock, "sh", "-c", "echo holds; exec cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "holds\n"; }));
  program waiting = waiter();
  EXPECT_TRUE(waits(waiting));
  holder.kill();
  EXPECT_EQ(waiting.wait().status, 0);
}

TEST_F(Wait, ALockThatOneOfItsProcessesLeavesIsHeldStill) {
  program holder(inturn({"run", lock, "sh", "-c", "echo $$; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out().ends_with("\n"); }));
  program waiting = waiter();
  EXPECT_TRUE(waits(waiting));
  holder.kill();  // its command goes on, and has the lock
  EXPECT_TRUE(waits(waiting));
  EXPECT_FALSE(is_free());
  holder.end_input();
  EXPECT_EQ(waiting.wait().status, 0);
}

TEST_F(Wait, ALockThatOthersAreQueueingForIsNotFree) {
  const std::string holds = "echo holds; cat";
  program first(inturn({"run", lock, "sh", "-c", holds}));
  ASSERT_TRUE(eventually([&] { return first.out() == "holds\n"; }));
  program second(inturn({"run", lock, "sh", "-c", holds}));
  ASSERT_TRUE(CommandTest::waiting(1));
  program waiting = waiter();
  EXPECT_TRUE(waits(waiting));
  first.end_input();
  ASSERT_TRUE(eventually([&] { return second.out() == "holds\n"; }));
  EXPECT_FALSE(is_free());
  EXPECT_TRUE(waits(waiting));
  second.end_input();
  EXPECT_EQ(waiting.wait().status, 0);
}

/// How often a process has gone to sleep.
long sleeps_of(pid_t pid) {
  const std::string status = text_of("/proc/" + std::to_string(pid) + "/status");
  const std::string word = "\nvoluntary_ctxt_switches:";
  return std::stol(status.substr(status.find(word) + word.size()));
}

TEST_F(Wait, ALockThatIsOnItsWayToSomebodyIsNotFree) {
  base::unique_fd held = flocked(lock, LOCK_EX);
  program waiting = waiter();  // before there is a queue
  EXPECT_TRUE(waits(waiting));
  program next(inturn({"run", lock, "true"}));
  ASSERT_TRUE(CommandTest::waiting(1));
  next.send(SIGSTOP);
  ASSERT_TRUE(eventually([&] { return state_of_process(next.pid()) == 'T'; }));
  held.reset();
  EXPECT_FALSE(is_free());
  const long sleeps = sleeps_of(waiting.pid());
  EXPECT_TRUE(eventually([&] { return !waiting.runs() || sleeps_of(waiting.pid()) > sleeps + 5; }));
  EXPECT_TRUE(waiting.runs());
  next.send(SIGCONT);
  EXPECT_EQ(next.wait().status, 0);
  EXPECT_EQ(waiting.wait().status, 0);
}

TEST_F(Wait, AFileThatIsRemovedMeanwhileIsWaitedForStill) {
  base::unique_fd held = flocked(lock, LOCK_EX);
  program waiting = waiter();
  EXPECT_TRUE(waits(waiting));
  fs::remove(lock);
  const base::unique_fd another = flocked(lock, LOCK_EX);
  EXPECT_TRUE(waits(waiting));
  held.reset();
  EXPECT_EQ(waiting.wait().status, 0);
}

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

TEST_F(Wait, ItTakesNothing) {
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

TEST_F(Wait, ALockOfSomebodyElseIsSeen) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  const setting nobody{{}, [] { require(::setgroups(0, nullptr) == 0 && ::setuid(65534) == 0); }};
  const base::unique_fd held = flocked(lock, LOCK_EX);
  EXPECT_EQ(run({"wait", "-w", "0", lock}, nobody).status, 1) << "by the kernel's list of locks";
  const base::unique_fd other = record_locked(at("other"), F_OFD_SETLK, F_WRLCK, 0, 1);
  EXPECT_EQ(run({"wait", "-w", "0", at("other")}, nobody).status, 1);
}

// Where the kernel's list leaves out locks whose taker has ended: outside of the first pid namespace.
TEST_F(Wait, ALockWhoseTakerHasEndedIsSeen) {
  const auto in_a_namespace = [&](const std::string& script) {
    return run_program({"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh",
                        inturn({})[0], lock});
  };
  if (in_a_namespace("true").status != 0) GTEST_SKIP() << "may not make a pid namespace";
  const std::string taken =
      "exec 9>\"$2\"; flock 9; grep -c \"$(stat -c :%i \"$2\") \" /proc/locks; ";
  EXPECT_EQ(in_a_namespace(taken + "\"$1\" wait -w 0 \"$2\"; echo $?").out, "0\n1\n");
}

TEST_F(Wait, ItDiesOfASignal) {
  const base::unique_fd held = flocked(lock, LOCK_EX);
  program waiting = waiter();
  ASSERT_TRUE(waits(waiting));
  waiting.send(SIGTERM);
  EXPECT_EQ(waiting.wait().signal_number, SIGTERM);
}

}  // namespace
}  // namespace inturn::test
