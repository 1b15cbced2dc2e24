#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/command_test.hpp"
#include "inturn/lock.hpp"

namespace inturn::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;
using ShowLocks = CommandTest;

TEST_F(ShowLocks, AFileThatIsNotLocked) {
  write_file(lock, "some text");
  const json one = show();
  EXPECT_TRUE(one.at("holders").empty());
  EXPECT_TRUE(one.at("waiters").empty());
  const outcome said = run({"show", lock});
  EXPECT_EQ(said.status, 0);
  EXPECT_THAT(said.out, StartsWith(lock + ": not locked\n"));
  EXPECT_EQ(text_of(lock), "some text");
}

TEST_F(ShowLocks, NoSuchFile) {
  const outcome none = run({"show", "--json", lock});
  EXPECT_EQ(none.status, 66);
  EXPECT_THAT(none.err, StartsWith("inturn: " + lock + ": cannot look at it: No such file"));
  EXPECT_FALSE(fs::exists(lock)) << "looking makes nothing";
}

TEST_F(ShowLocks, OneThatIsMissingDoesNotHideTheOthers) {
  write_file(lock, "");
  const outcome some = run({"show", "--json", at("missing"), lock});
  EXPECT_EQ(some.status, 66);
  const json all = json::parse(some.out).at("locks");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("path"), lock);
}

TEST_F(ShowLocks, AnyKindOfFileAndWithoutPermission) {
  const auto held = flocked(lock, LOCK_EX);
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  fs::permissions(lock, fs::perms::none);
  const setting nobody{{}, [] {
                         if (::geteuid() != 0) return;
                         require(::setgroups(0, nullptr) == 0 &&
                                 ::setresgid(65534, 65534, 65534) == 0 &&
                                 ::setresuid(65534, 65534, 65534) == 0);
                       }};
  const outcome seen = run({"show", "--json", lock, at("fifo"), dir_.path(), "/dev/null"}, nobody);
  EXPECT_EQ(seen.status, 0) << seen.err;
  const json all = json::parse(seen.out).at("locks");
  ASSERT_EQ(all.size(), 4U);
  if (::geteuid() == 0) {
    EXPECT_EQ(all[0].at("complete"), false) << "nobody may look at root's descriptors";
  }
}

TEST_F(ShowLocks, CompleteIsTrueWhereEveryProcessCanBeRead) {
  const auto held = flocked(lock, LOCK_EX);
  const setting alone{{}, [] {
                        if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) ::_exit(77);
                        const pid_t inside = ::fork();
                        if (inside != 0) {
                          child one = child::of(inside);
                          ::_exit(one.wait());
                        }
                        require(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
                        require(::mount("proc", "/proc", "proc", 0, nullptr) == 0);
                      }};
  const outcome seen = run({"show", "--json", lock}, alone);
  if (seen.status == 77) GTEST_SKIP() << "may not make namespaces";
  ASSERT_EQ(seen.status, 0) << seen.err;
  EXPECT_EQ(json::parse(seen.out).at("locks")[0].at("complete"), true);
}

TEST_F(ShowLocks, ARegionIsALockToo) {
  const std::string path = at("region");
  lock_file here(path);
  const hold shared = here.lock(mode::shared, {5, 10});
  const hold other = here.lock(mode::exclusive, {100, 0});
  const child waiter([&path] { lock_file(path).lock(mode::exclusive, {0, 6}); });
  ASSERT_TRUE(eventually([&] { return show(path).at("waiters").size() == 1; }));
  const json one = show(path);
  ASSERT_EQ(one.at("holders").size(), 2U);
  const json& held = one.at("holders")[0];
  EXPECT_EQ(held.at("pid"), ::getpid());
  EXPECT_EQ(held.at("kind"), "native");
  EXPECT_EQ(held.at("mode"), "shared");
  EXPECT_EQ(held.at("start"), 5);
  EXPECT_EQ(held.at("length"), 10);
  EXPECT_GE(held.at("held_seconds"), 0);
  EXPECT_EQ(one.at("holders")[1].at("start"), 100);
  EXPECT_EQ(one.at("holders")[1].at("length"), 0);
  EXPECT_EQ(one.at("waiters")[0].at("pid"), waiter.pid());
  EXPECT_GT(one.at("waiters")[0].at("ticket"), other.ticket());
}

TEST_F(ShowLocks, ARegionWithoutHoldersIsNotLocked) {
  const lock_file here(at("region"));
  EXPECT_TRUE(show(at("region")).at("holders").empty());
}

TEST_F(ShowLocks, ARegionThatIsSpoilt) {
  { const lock_file here(at("region")); }
  ASSERT_EQ(::truncate(at("region").c_str(), 5000), 0);
  const outcome refused = run({"show", at("region")});
  EXPECT_EQ(refused.status, 69);
  EXPECT_THAT(refused.err, StartsWith("inturn: " + at("region") + ": a region that was cut short"));
}

TEST_F(ShowLocks, WithoutAnArgumentAllThatAreUsed) {
  EXPECT_EQ(run({"show"}).out, "");
  EXPECT_EQ(run({"show", "--json"}).out, "{\n  \"locks\": []\n}\n");
  ASSERT_EQ(run({"run", at("free"), "true"}).status, 0);
  const program a(inturn({"run", at("a"), "cat"}));
  const program b(inturn({"run", "--start=3", at("b"), "cat"}));
  const auto used = [] { return json::parse(run({"show", "--json"}).out).at("locks"); };
  ASSERT_TRUE(eventually([&] { return used().size() == 2; }));
  EXPECT_EQ(used()[0].at("path"), at("a"));
  EXPECT_EQ(used()[0].at("holders")[0].at("pid"), a.pid());
  EXPECT_EQ(used()[1].at("path"), at("b"));
  EXPECT_EQ(used()[1].at("holders")[0].at("kind"), "ofd");
}

TEST_F(ShowLocks, AllNamesOfAFileAreOneLock) {
  const program holder(inturn({"run", lock, "cat"}));
  ASSERT_TRUE(holding(1));
  const program waiter(inturn({"run", lock, "cat"}));
  ASSERT_TRUE(waiting(1));
  fs::create_symlink(lock, at("symbolic"));
  fs::create_hard_link(lock, at("hard"));
  for (const char* name : {"symbolic", "hard"}) {
    EXPECT_EQ(show(at(name)).at("path"), at(name));
    EXPECT_EQ(show(at(name)).at("holders").size(), 1U);
    EXPECT_EQ(show(at(name)).at("waiters").size(), 1U);
  }
}

TEST_F(ShowLocks, ALockFileThatWasRemovedIsStillListed) {
  const program holder(inturn({"run", lock, "cat"}));
  ASSERT_TRUE(holding(1));
  fs::remove(lock);
  const json all = json::parse(run({"show", "--json"}).out).at("locks");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("holders")[0].at("pid"), holder.pid());
}

TEST_F(ShowLocks, NamesThatAreNotUtf8AndControlCharactersDoNoHarm) {
  const std::string odd = at("\xff\x1b[31m\n");
  const program holder(inturn({"run", odd, "cat"}));
  ASSERT_TRUE(eventually([&] { return fs::exists(odd) && show(odd).at("holders").size() == 1; }));
  const outcome text = run({"show", odd});
  EXPECT_THAT(text.out, testing::Not(HasSubstr("\x1b")));
}

TEST_F(ShowLocks, TheTableForPeople) {
  const auto held = flocked(lock, LOCK_EX);
  const program waiter(inturn({"run", lock, "true"}));
  ASSERT_TRUE(waiting(1));
  const outcome text = run({"show", lock});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, StartsWith(lock + ":\n"));
  const auto row = [](const char* place, pid_t pid) {
    return std::string(place) + " +" + std::to_string(pid) + " +flock +exclusive +all ";
  };
  EXPECT_THAT(text.out, testing::ContainsRegex(row("holds", ::getpid())));
  EXPECT_THAT(text.out, testing::ContainsRegex(row("waits 1", waiter.pid())));
}

TEST_F(ShowLocks, AFullStandardOutputIsAnError) {
  write_file(lock, "");
  const outcome full = run({"show", lock}, {{}, [] {
                                              const int fd =
                                                  ::open("/dev/full", O_WRONLY | O_CLOEXEC);
                                              require(::dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
                                            }});
  EXPECT_EQ(full.status, 71);
  EXPECT_THAT(full.err, HasSubstr("standard output: cannot write: No space left on device"));
}

}  // namespace
}  // namespace inturn::test
