#include "cli/wait_test.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "inturn/lock.hpp"

namespace inturn::test {
namespace {

using testing::StartsWith;
namespace fs = std::filesystem;
using Wait = WaitTest;

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

TEST_F(Wait, ItDiesOfASignal) {
  const base::unique_fd held = flocked(lock, LOCK_EX);
  program waiting = waiter();
  ASSERT_TRUE(waits(waiting));
  waiting.send(SIGTERM);
  EXPECT_EQ(waiting.wait().signal_number, SIGTERM);
}

}  // namespace
}  // namespace inturn::test
