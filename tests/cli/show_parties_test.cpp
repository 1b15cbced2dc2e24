#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/sys.hpp"
#include "cli/command_test.hpp"
#include "inturn/lock.hpp"
#include "inturn/turnstile.hpp"
#include "support/proc.hpp"

namespace inturn::test {
namespace {

using testing::HasSubstr;
using ShowParties = CommandTest;

TEST_F(ShowParties, TheHolderIsTheOneThatTookItAndTheOthersAreBeside) {
  program holder(inturn({"run", lock, "sh", "-c", "echo $$; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out().ends_with("\n"); }));
  const json one = show();
  EXPECT_EQ(one.at("path"), lock);
  EXPECT_EQ(one.at("complete"), all_processes_can_be_read());
  ASSERT_EQ(one.at("holders").size(), 1U);
  const json& who = one.at("holders")[0];
  EXPECT_EQ(who.at("pid"), holder.pid());
  EXPECT_THAT(who.at("also").get<std::vector<int>>(), testing::Contains(std::stoi(holder.out())));
  EXPECT_THAT(who.at("command").get<std::string>(), HasSubstr("run " + lock));
  EXPECT_EQ(who.at("kind"), "flock");
  EXPECT_EQ(who.at("mode"), "exclusive");
  EXPECT_EQ(who.at("start"), 0);
  EXPECT_EQ(who.at("length"), 0);
  EXPECT_TRUE(who.at("held_seconds").is_null());
  EXPECT_EQ(who.size(), 8U);
  EXPECT_TRUE(one.at("waiters").empty());
}

TEST_F(ShowParties, WaitersAreInOrderAndThoseWithoutInturnComeLast) {
  const auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  for (const char* mode : {"-x", "-s", "-x"}) {
    queue.push_back(program(inturn({"run", mode, lock, "true"})));
    ASSERT_TRUE(waiting(queue.size()));
  }
  const program plain({"flock", "-s", lock, "true"});
  ASSERT_TRUE(waiting(4));
  const json waiters = show().at("waiters");
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(waiters[i].at("pid"), queue[i].pid());
    EXPECT_THAT(waiters[i].at("command").get<std::string>(), HasSubstr(lock));
    EXPECT_EQ(waiters[i].at("kind"), "flock");
    EXPECT_EQ(waiters[i].at("mode"), i == 1 ? "shared" : "exclusive");
    EXPECT_EQ(waiters[i].at("start"), 0);
    EXPECT_EQ(waiters[i].at("length"), 0);
    EXPECT_GT(waiters[i].at("ticket"), last);
    EXPECT_GE(waiters[i].at("waited_seconds"), 0);
    EXPECT_LT(waiters[i].at("waited_seconds"), 60);
    EXPECT_EQ(waiters[i].size(), 8U);
    last = waiters[i].at("ticket");
  }
  EXPECT_EQ(waiters[3].at("pid"), plain.pid());
  EXPECT_EQ(waiters[3].at("mode"), "shared");
  EXPECT_TRUE(waiters[3].at("ticket").is_null());
  EXPECT_TRUE(waiters[3].at("waited_seconds").is_null());
}

TEST_F(ShowParties, TwoSharedHoldersAreTwo) {
  const program a({"flock", "-s", lock, "cat"});
  const program b(inturn({"run", "-s", lock, "cat"}));
  ASSERT_TRUE(holding(2));
  const json holders = show().at("holders");
  const std::vector<int> pids{holders[0].at("pid"), holders[1].at("pid")};
  EXPECT_THAT(pids, testing::UnorderedElementsAre(a.pid(), b.pid()));
  EXPECT_EQ(holders[0].at("mode"), "shared");
}

TEST_F(ShowParties, TwoDescriptionsOfOneProcessAreTwoHolders) {
  const auto a = flocked(lock, LOCK_SH);
  const auto b = flocked(lock, LOCK_SH);
  const json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 2U);
  EXPECT_EQ(holders[0].at("pid"), ::getpid());
  EXPECT_EQ(holders[1].at("pid"), ::getpid());
}

TEST_F(ShowParties, OneDescriptionOfManyProcessesIsOneHolder) {
  auto held = flocked(lock, LOCK_SH);
  const base::unique_fd twice(::fcntl(held.get(), F_DUPFD_CLOEXEC, 3));
  const child heir([] { ::pause(); });
  json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].at("pid"), ::getpid());
  EXPECT_EQ(holders[0].at("also"), json({heir.pid()}));
}

TEST_F(ShowParties, WhenTheTakerIsGoneTheLowestPidIsNamed) {
  base::unique_fd fd(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  const child first([] { ::pause(); });
  const child second([] { ::pause(); });
  child taker([&] { require(::flock(fd.get(), LOCK_EX) == 0); });
  const pid_t taker_pid = taker.pid();
  ASSERT_EQ(taker.wait(), 0);
  fd.reset();
  const json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 1U);
  const auto [low, high] = std::minmax({first.pid(), second.pid()});
  EXPECT_NE(taker_pid, low);
  EXPECT_EQ(holders[0].at("pid"), low);
  EXPECT_EQ(holders[0].at("also"), json({high}));
}

TEST_F(ShowParties, OfdAndPosixLocksAreTold) {
  const auto ofd = record_locked(lock, F_OFD_SETLK, F_WRLCK, 10, 5);
  const auto more = record_locked(lock, F_OFD_SETLK, F_RDLCK, 100, 0);
  const child posix([&] {
    const auto held = record_locked(lock, F_SETLK, F_RDLCK, 20, 1);
    ::pause();
  });
  ASSERT_TRUE(holding(3));
  std::vector<std::string> told;
  const json holders = show().at("holders");
  for (const json& each : holders) {
    const bool is_posix = each.at("kind") == "posix";
    EXPECT_EQ(each.at("pid"), is_posix ? posix.pid() : ::getpid());
    told.push_back(each.at("kind").get<std::string>() + " " + each.at("mode").get<std::string>() +
                   " " + each.at("start").dump() + "+" + each.at("length").dump());
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre("ofd exclusive 10+5", "ofd shared 100+0",
                                                  "posix shared 20+1"));
}

TEST_F(ShowParties, WaitersForBytesAreTold) {
  const auto held = record_locked(lock, F_OFD_SETLK, F_WRLCK, 0, 0);
  const program front(inturn({"run", "--start=1", "--length=2", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  const program next(inturn({"run", "-s", "--start=2", lock, "true"}));
  ASSERT_TRUE(waiting(2));
  const auto wait_plainly = [&](int command) {
    return child([this, command] {
      const base::unique_fd fd(::open(lock.c_str(), O_RDWR | O_CLOEXEC));
      struct flock which {};
      which.l_type = F_WRLCK;
      which.l_start = 7;
      which.l_len = 1;
      ::fcntl(fd.get(), command, &which);
    });
  };
  const child plain = wait_plainly(F_OFD_SETLKW);
  const child posix = wait_plainly(F_SETLKW);
  ASSERT_TRUE(waiting(4));
  const json waiters = show().at("waiters");
  const auto told = [&](std::size_t i) {
    return waiters[i].at("kind").get<std::string>() + " " +
           waiters[i].at("mode").get<std::string>() + " " + waiters[i].at("start").dump() + "+" +
           waiters[i].at("length").dump() + " " + waiters[i].at("pid").dump();
  };
  EXPECT_EQ(told(0), "ofd exclusive 1+2 " + std::to_string(front.pid()));
  EXPECT_EQ(told(1), "ofd shared 2+0 " + std::to_string(next.pid()));
  EXPECT_THAT((std::vector{told(2), told(3)}),
              testing::UnorderedElementsAre("ofd exclusive 7+1 " + std::to_string(plain.pid()),
                                            "posix exclusive 7+1 " + std::to_string(posix.pid())));
}

TEST_F(ShowParties, AHolderThatWaitsByAnotherDescriptionIsInBothLists) {
  const child both([this] {
    const auto first = flocked(lock, LOCK_EX);
    const auto second = flocked(lock, LOCK_EX);  // waits for itself
  });
  ASSERT_TRUE(waiting(1));
  const json all = show();
  EXPECT_EQ(all.at("waiters")[0].at("pid"), both.pid());
  ASSERT_EQ(all.at("holders").size(), 1U);
  EXPECT_EQ(all.at("holders")[0].at("pid"), both.pid());
}

/// The kernel has granted, and the process is stopped before it leaves the queue.
child granted_and_stopped(const std::string& lock, int operation) {
  return child([lock, operation] {
    base::sys.flock = [](int fd, int how) {
      const int result = ::flock(fd, how);
      if (result == 0) ::raise(SIGSTOP);
      return result;
    };
    const base::unique_fd fd(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    turnstile(fd.get()).flock(operation);
    ::pause();
  });
}

TEST_F(ShowParties, WhoHasTheLockAndHasNotLeftTheQueueYetIsAHolderOnly) {
  const child holder = granted_and_stopped(lock, LOCK_EX);
  ASSERT_TRUE(eventually([&] { return state_of_process(holder.pid()) == 'T'; }));
  const json one = show();
  ASSERT_EQ(one.at("holders").size(), 1U);
  EXPECT_EQ(one.at("holders")[0].at("pid"), holder.pid());
  EXPECT_EQ(one.at("waiters").size(), 0U);
  holder.resume();
  const program waiter(inturn({"run", lock, "true"}));
  EXPECT_TRUE(waiting(1));
}

TEST_F(ShowParties, WhoIsAtTheFrontAndHoldsByAnotherDescriptionIsInBothLists) {
  const child both([this] {
    const auto first = flocked(lock, LOCK_EX);
    const base::unique_fd second(::open(lock.c_str(), O_RDWR | O_CLOEXEC));
    turnstile(second.get()).flock(LOCK_EX);  // waits for itself
  });
  ASSERT_TRUE(waiting(1));
  const json all = show();
  EXPECT_TRUE(all.at("waiters")[0].at("ticket").is_number());
  ASSERT_EQ(all.at("waiters").size(), 1U);
  EXPECT_EQ(all.at("holders").size(), 1U);
}

/// /proc/locks is longer than the kernel gives at a time, and moves all the while.
TEST_F(ShowParties, EachWaiterIsListedOnceWhileOtherLocksComeAndGo) {
  constexpr int many = 60;
  write_file(lock, "");
  std::vector<base::unique_fd> holders;
  std::vector<child> waiters;
  for (int i = 0; i < many; ++i)
    holders.push_back(record_locked(lock, F_OFD_SETLK, F_WRLCK, 2 * i, 1));
  for (int i = 0; i < many; ++i)
    waiters.emplace_back([this, i] {
      ::close_range(3, ~0U, 0);  // as a stranger
      struct flock which {};
      which.l_type = F_WRLCK;
      which.l_start = 2 * i;
      which.l_len = 1;
      const base::unique_fd fd(::open(lock.c_str(), O_RDWR | O_CLOEXEC));
      ::fcntl(fd.get(), F_SETLKW, &which);
    });
  ASSERT_TRUE(waiting(many));
  const child others([this] {
    ::close_range(3, ~0U, 0);
    const base::unique_fd fd(::open(at("other").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    for (;;) {
      require(::flock(fd.get(), LOCK_EX) == 0);
      require(::flock(fd.get(), LOCK_UN) == 0);
    }
  });
  ASSERT_TRUE(eventually([this] { return std::filesystem::exists(at("other")); }));
  for (int i = 0; i < 20; ++i) {
    const json all = show();
    ASSERT_EQ(all.at("waiters").size(), static_cast<std::size_t>(many))
        << all.at("waiters").dump(1);
  }
}

TEST_F(ShowParties, TheDeadAreNotListed) {
  const auto held = flocked(lock, LOCK_EX);
  program front(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  program next(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(2));
  next.kill();
  EXPECT_EQ(show().at("waiters").size(), 1U);
  front.kill();
  EXPECT_EQ(show().at("waiters").size(), 0U);
}

TEST_F(ShowParties, ProcessesOfAnotherPidNamespaceAreCalledByTheirNamesHere) {
  if (::geteuid() != 0) GTEST_SKIP() << "may not make a pid namespace";
  const auto held = flocked(lock, LOCK_EX);
  const child outside([this] {
    require(::unshare(CLONE_NEWPID) == 0);
    const pid_t inside = ::fork();
    if (inside == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::execl(inturn({})[0].c_str(), "inturn", "run", lock.c_str(), "true", nullptr);
    }
    ::pause();
  });
  ASSERT_TRUE(waiting(1));
  const json waiter = show().at("waiters")[0];
  ASSERT_TRUE(waiter.at("pid").is_number());
  EXPECT_GT(waiter.at("pid"), outside.pid());
  EXPECT_EQ(waiter.at("command"), "inturn run " + lock + " true");
}

}  // namespace
}  // namespace inturn::test
