#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "cli/command_test.hpp"

namespace inturn::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

/// As an ordinary user, if the test is root.
const setting nobody{{}, [] {
                       if (::geteuid() != 0) return;
                       constexpr uid_t id = 65534;
                       require(::setgroups(0, nullptr) == 0 && ::setresgid(id, id, id) == 0 &&
                               ::setresuid(id, id, id) == 0);
                     }};

class RunErrors : public CommandTest {
 protected:
  void expect_cannot_open(const words& options, const std::string& which, const char* why,
                          const setting& how = {}, int status = 66) const {
    words all{"run"};
    all.insert(all.end(), options.begin(), options.end());
    all.insert(all.end(), {which, "echo", "ran"});
    const outcome refused = run(all, how);
    EXPECT_EQ(refused.status, status);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, StartsWith("inturn: " + which + ": cannot open the lock file: "));
    EXPECT_THAT(refused.err, HasSubstr(why));
    EXPECT_THAT(refused.err, testing::EndsWith(")\n")) << "says what to do";
  }

  /// The lock is taken all the same, and it is said that there is no order.
  void expect_out_of_turn(const setting& how) const {
    const words command{"run", lock, "sh", "-c", "echo ran ${INTURN_TICKET-without}"};
    const outcome ran = run(command, how);
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.out, "ran without\n");
    EXPECT_THAT(ran.err, StartsWith("inturn: " + lock + ": order is not guaranteed: "));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1);
    const auto held = flocked(lock, LOCK_EX);
    EXPECT_EQ(run({"run", "-n", lock, "true"}, how).status, 1) << "it excludes";
    EXPECT_EQ(run({"run", "-w", "0.05", lock, "true"}, how).status, 1);
  }

  static setting runtime_in(const std::string& directory) {
    return {{{"INTURN_RUNTIME_DIR", directory}}, [] {}};
  }
};

TEST_F(RunErrors, AMissingParent) {
  expect_cannot_open({}, at("no/such/lock"),
                     "No such file or directory (make its directory first)");
}

TEST_F(RunErrors, AParentThatIsAFile) {
  write_file(at("file"), "");
  expect_cannot_open({}, at("file/lock"), "Not a directory");
}

TEST_F(RunErrors, ALockFileThatIsMissingInADirectoryThatCannotBeWrittenTo) {
  fs::create_directory(at("closed"));
  fs::permissions(at("closed"), fs::perms(0555));
  expect_cannot_open({}, at("closed/lock"), "Permission denied", nobody);
}

TEST_F(RunErrors, ALockFileThatIsThereInADirectoryThatCannotBeWrittenTo) {
  fs::create_directory(at("closed"));
  write_file(at("closed/lock"), "");
  fs::permissions(at("closed"), fs::perms(0555));
  EXPECT_EQ(run({"run", at("closed/lock"), "true"}).err, "");
  const outcome ran = run({"run", at("closed/lock"), "echo", "ran"}, nobody);
  EXPECT_EQ(ran.out, "ran\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(RunErrors, AnotherUsersFileThatNobodyHasLockedYet) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  write_file(lock, "");
  const outcome ran = run({"run", lock, "echo", "ran"}, nobody);
  EXPECT_EQ(ran.out, "ran\n");
  EXPECT_THAT(ran.err, StartsWith("inturn: " + lock +
                                  ": order is not guaranteed: the order holds among "
                                  "your own processes only: "));
  EXPECT_EQ(run({"run", lock, "true"}).err, "") << "root makes the place where all meet";
  EXPECT_EQ(run({"run", lock, "true"}, nobody).err, "");
}

TEST_F(RunErrors, NoPermissionToRead) {
  write_file(lock, "");
  fs::permissions(lock, fs::perms(0600));
  expect_cannot_open({}, lock, "Permission denied (ask for permission to read it", nobody);
}

TEST_F(RunErrors, NoPermissionToWriteWhereExclusiveBytesAreWanted) {
  write_file(lock, "");
  fs::permissions(lock, fs::perms(0444));
  expect_cannot_open({"--start=0"}, lock, "must be able to write to it", nobody);
  EXPECT_EQ(run({"run", "-s", "--start=0", lock, "echo", "ran"}, nobody).out, "ran\n");
  EXPECT_EQ(run({"run", lock, "echo", "ran"}, nobody).out, "ran\n");
}

TEST_F(RunErrors, ADirectoryCanBeLocked) {
  fs::create_directory(at("folder"));
  const outcome ran = run({"run", at("folder"), "echo", "ran"});
  EXPECT_EQ(ran.out, "ran\n");
  EXPECT_EQ(ran.err, "");
  const base::unique_fd held(::open(at("folder").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  EXPECT_EQ(run({"run", "-n", at("folder"), "true"}).status, 1);
  expect_cannot_open({"--length=1"}, at("folder"),
                     "Is a directory (bytes can be locked in files only");
}

TEST_F(RunErrors, TheNullDeviceCanBeLocked) {
  EXPECT_EQ(run({"run", "/dev/null", "echo", "ran"}).out, "ran\n");
}

TEST_F(RunErrors, AReadOnlyFileSystem) {
  fs::create_directory(at("mount"));
  if (::mount("none", at("mount").c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "may not mount";
  write_file(at("mount/there"), "");
  const int read_only =
      ::mount("none", at("mount").c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr);
  const outcome ran = run({"run", at("mount/there"), "echo", "ran"});
  expect_cannot_open({}, at("mount/missing"), "Read-only file system", {}, 73);
  ::umount(at("mount").c_str());
  ASSERT_EQ(read_only, 0);
  EXPECT_EQ(ran.out, "ran\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(RunErrors, TooManyOpenFiles) {
  const setting none_left{{}, [] {
                            const rlimit few{3, 3};
                            require(::setrlimit(RLIMIT_NOFILE, &few) == 0);
                          }};
  if (run({"--version"}, none_left).status != 0) GTEST_SKIP() << "shared libraries need one";
  expect_cannot_open({}, lock, "Too many open files", none_left, 71);
}

TEST_F(RunErrors, NoCommandOfThatName) {
  for (const char* how : {"-s", "-F"}) {
    const outcome failed = run({"run", how, lock, "no-such-command-here"});
    EXPECT_EQ(failed.status, 69);
    EXPECT_THAT(failed.err,
                StartsWith("inturn: no-such-command-here: cannot execute it: No such file"));
  }
  write_file(at("text"), "");
  EXPECT_EQ(run({"run", lock, at("text")}).status, 69);
}

TEST_F(RunErrors, NoFurtherProcess) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to become a user without processes";
  write_file(lock, "");
  const outcome failed =
      run({"run", lock, "true"}, {{{"ASAN_OPTIONS", "detect_leaks=0"}}, [] {
                                    const rlimit none{0, 0};
                                    require(::setrlimit(RLIMIT_NPROC, &none) == 0);
                                    nobody.before_exec();
                                  }});
  EXPECT_EQ(failed.status, 71);
  EXPECT_THAT(failed.err, HasSubstr("cannot start it: Resource temporarily unavailable"));
}

TEST_F(RunErrors, ARuntimeDirectoryThatIsNotThere) {
  expect_out_of_turn(runtime_in(at("nowhere")));
}

TEST_F(RunErrors, ARuntimeDirectoryThatIsAFile) {
  write_file(at("file"), "");
  expect_out_of_turn(runtime_in(at("file")));
}

TEST_F(RunErrors, ARuntimeDirectoryThatCannotBeWrittenTo) {
  fs::create_directory(at("closed"));
  fs::permissions(at("closed"), fs::perms(0555));
  write_file(lock, "");
  fs::permissions(lock, fs::perms(0666));
  setting how = runtime_in(at("closed"));
  how.before_exec = nobody.before_exec;
  expect_out_of_turn(how);
}

TEST_F(RunErrors, AFullRuntimeDirectory) {
  fs::create_directory(at("full"));
  if (::mount("none", at("full").c_str(), "tmpfs", 0, "size=4k") != 0)
    GTEST_SKIP() << "may not mount";
  write_file(at("full/filler"), std::string(4096, 'x'));
  expect_out_of_turn(runtime_in(at("full")));
  ::umount(at("full").c_str());
}

TEST_F(RunErrors, ASideRegionThatIsSomethingElse) {
  ASSERT_EQ(run({"run", lock, "true"}).err, "");
  for (const auto& entry : fs::directory_iterator(at("runtime")))
    for (const std::string& spoilt : {std::string(), std::string(100, '\0'),
                                      std::string(9'000'000, '\0'), std::string(9'000'000, 'x')}) {
      write_file(entry.path(), spoilt);
      expect_out_of_turn({});
    }
}

TEST_F(RunErrors, ALimitOnFileSizes) {
  expect_out_of_turn({{}, [] {
                        ::signal(SIGXFSZ, SIG_IGN);
                        const rlimit small{1 << 16, 1 << 16};
                        require(::setrlimit(RLIMIT_FSIZE, &small) == 0);
                      }});
}

}  // namespace
}  // namespace inturn::test
