#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/identity.hpp"
#include "support/child.hpp"
#include "support/proc.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {
namespace {

using base::unique_fd;

TEST(Error, ReadsFileThenWhatThenTheSystemsText) {
  EXPECT_EQ(message_of([] { base::fail(ENOENT, "/a/b", "cannot open it"); }),
            "/a/b: cannot open it: No such file or directory");
  EXPECT_EQ(error_of([] { base::fail(EDEADLK, "x", "y"); }), EDEADLK);
}

TEST(Descriptor, IsClosedOnceAndKeepsErrno) {
  const auto before = open_descriptors();
  {
    unique_fd one(::dup(0)), two(::dup(0));
    EXPECT_EQ(open_descriptors().size(), before.size() + 2);
    unique_fd moved(std::move(one));
    EXPECT_FALSE(one);  // NOLINT: promised
    two = std::move(moved);
    two.reset();
    EXPECT_FALSE(two);
    const int released = unique_fd(::dup(0)).release();
    EXPECT_EQ(::close(released), 0);
    errno = EXDEV;
  }
  EXPECT_EQ(errno, EXDEV);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(Descriptor, IsNeverOneOfTheStandardThree) {
  const temp_dir dir;
  child c([&] {
    ::close_range(0, ~0U, 0);
    const unique_fd file = base::open_file((dir / "file").c_str(), O_RDWR | O_CREAT, 0600);
    if (file.get() <= 2 || (::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) == 0) ::_exit(child_failed);
    const unique_fd again = base::reopen(file.get(), O_RDWR);
    if (again.get() <= 2 || (::fcntl(again.get(), F_GETFD) & FD_CLOEXEC) == 0)
      ::_exit(child_failed);
    if (open_descriptors().size() != 2) ::_exit(child_failed);
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST(Descriptor, FailsWithTheSystemsErrno) {
  EXPECT_FALSE(base::open_file("/not/there", O_RDONLY));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(base::reopen(-1, O_RDONLY));
  EXPECT_EQ(errno, ENOENT);
}

TEST(Descriptor, ReopenedIsAnotherDescriptionOfTheSameFile) {
  const temp_dir dir;
  const unique_fd file = base::open_file((dir / "file").c_str(), O_RDWR | O_CREAT, 0600);
  std::filesystem::remove(dir / "file");
  const unique_fd again = base::reopen(file.get(), O_RDWR);
  ASSERT_TRUE(again);
  struct stat a {};
  struct stat b {};
  ASSERT_EQ(::fstat(file.get(), &a) | ::fstat(again.get(), &b), 0);
  EXPECT_EQ(a.st_ino, b.st_ino);
  EXPECT_EQ(::lseek(file.get(), 5, SEEK_SET), 5);
  EXPECT_EQ(::lseek(again.get(), 0, SEEK_CUR), 0);
}

TEST(Identity, OfAProcessStaysAndAChildHasAnother) {
  const std::uint64_t mine = base::process_identity();
  EXPECT_NE(mine, 0U);
  EXPECT_EQ(base::process_identity(), mine);
  EXPECT_EQ(child([&] { require(base::process_identity() != mine); }).wait(), 0);
  for (const bool raw : {false, true}) {
    const pid_t pid =
        raw ? static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) : ::_Fork();
    if (pid == 0)
      ::_exit(base::process_identity() != mine && base::process_identity() != 0 ? 0 : 1);
    EXPECT_EQ(child::of(pid).wait(), 0);
  }
  EXPECT_EQ(base::process_identity(), mine);
}

TEST(Identity, OfSiblingsDiffers) {
  struct page {
    std::atomic<int> count{0};
    std::uint64_t numbers[50] = {}, agents[50] = {};
  };
  shared<page> seen;
  for (int i = 0; i < 50; ++i) {
    child([&] {
      const int at = seen->count++;
      seen->numbers[at] = base::process_identity();
      seen->agents[at] = base::agent_identity(7);
    }).wait();
  }
  EXPECT_EQ(std::set<std::uint64_t>(seen->numbers, seen->numbers + 50).size(), 50U);
  EXPECT_EQ(std::set<std::uint64_t>(seen->agents, seen->agents + 50).size(), 50U);
}

TEST(Identity, OfAgentsIsByTheirNumberOrByTheThread) {
  EXPECT_EQ(base::agent_identity(5), base::agent_identity(5));
  EXPECT_NE(base::agent_identity(5), base::agent_identity(6));
  EXPECT_EQ(base::agent_identity(0), base::agent_identity(0));
  for (std::uint64_t number = 1; number < 100; ++number)
    EXPECT_NE(base::agent_identity(number), base::agent_identity(0));
}

TEST(Identity, NamesAreTheProcesssOwnAfterAFork) {
  EXPECT_EQ(base::my_names().pid, static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(base::my_thread_id(), static_cast<std::uint32_t>(::gettid()));
  EXPECT_NE(base::my_pid_namespace(), 0U);
  child c([] {
    require(base::my_names().pid == static_cast<std::uint32_t>(::getpid()));
    require(base::my_thread_id() == static_cast<std::uint32_t>(::gettid()));
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST(Clock, MakesTimesWhole) {
  const timespec t = base::to_timespec(3'000'000'007);
  EXPECT_EQ(t.tv_sec, 3);
  EXPECT_EQ(t.tv_nsec, 7);
  EXPECT_LE(base::coarse_ns(), base::monotonic_ns());
}

}  // namespace
}  // namespace inturn::test
