#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>

#include "base/sys.hpp"
#include "kernel/lock_file.hpp"
#include "kernel/users.hpp"
#include "support/failing_system.hpp"

// Whatever is wrong with the queue: the kernel's lock is taken all the same, and it is said what is
// wrong.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;

std::string head_of(const fs::path& file, std::size_t length) {
  std::string bytes(length, '\0');
  std::ifstream(file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(length));
  return bytes;
}

class NoQueue : public lock_file_test {
 protected:
  /// Takes the lock every way; what was said. All the words must be in it.
  std::string said(int fd, const std::vector<std::string>& words = {}) const {
    const auto got = kernel::take_flock(fd, LOCK_EX, {});
    EXPECT_TRUE(got.granted);
    EXPECT_FALSE(got.ticket);
    for (const auto& word : words)
      EXPECT_NE(got.out_of_turn.find(word), std::string::npos)
          << "no " << word << " in: " << got.out_of_turn;
    const auto other = base::reopen(fd, O_RDONLY | O_NONBLOCK);
    EXPECT_NE(::flock(other.get(), LOCK_SH | LOCK_NB), 0);  // it is really locked
    EXPECT_FALSE(kernel::take_flock(other.get(), LOCK_SH, {how::never}).granted);
    EXPECT_FALSE(kernel::take_flock(other.get(), LOCK_SH, within(1ms)).granted);
    EXPECT_TRUE(kernel::take_flock(fd, LOCK_SH, {how::never}).granted);
    EXPECT_EQ(::flock(fd, LOCK_UN), 0);
    EXPECT_TRUE(kernel::take_ofd(other.get(), F_RDLCK, {}, {}).granted);
    turnstile in_turn(fd);
    in_turn.flock(LOCK_EX);
    in_turn.flock(LOCK_UN);
    return got.out_of_turn;
  }
  void expect_in_turn(int fd) const {
    const auto got = kernel::take_flock(fd, LOCK_EX, {});
    EXPECT_TRUE(got.granted && got.ticket) << got.out_of_turn;
    EXPECT_EQ(got.out_of_turn, "");
  }
  fs::path side() const { return kernel::open_side(open().get()).region.name(); }
};

TEST_F(NoQueue, ADirectoryCanBeALockFile) {
  const auto fd = base::open_file(dir.path().c_str(), O_RDONLY | O_DIRECTORY);
  expect_in_turn(fd.get());
  EXPECT_EQ(error_of([&] { kernel::take_ofd(fd.get(), F_WRLCK, {}, {}); }), EBADF);
}

TEST_F(NoQueue, SoCanADevice) {
  // Not /dev/null itself, which others may have locked.
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto null = dir / "null";
  ASSERT_EQ(::mknod(null.c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
  const auto fd = base::open_file(null.c_str(), O_RDWR);
  if (!fd) GTEST_SKIP() << "devices do not work here";
  expect_in_turn(fd.get());
}

TEST_F(NoQueue, AndDevNull) {
  const auto fd = base::open_file("/dev/null", O_RDWR);
  const auto got = kernel::take_flock(fd.get(), LOCK_SH, within(bound));
  EXPECT_TRUE(got.granted);
}

TEST_F(NoQueue, AndAReadOnlyFileInAReadOnlyDirectory) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  fs::create_directory(dir / "place");
  write_file(dir / "place" / "lock", "");
  ASSERT_EQ(::chmod((dir / "place" / "lock").c_str(), 0444), 0);
  ASSERT_EQ(::chmod((dir / "place").c_str(), 0555), 0);
  kernel::open_side(base::open_file((dir / "place" / "lock").c_str(), O_RDONLY).get());
  child c = as_user(somebody, [&] {
    const auto fd = base::open_file((dir / "place" / "lock").c_str(), O_RDONLY);
    const auto got = kernel::take_flock(fd.get(), LOCK_EX, {});
    require(got.granted && got.ticket && got.out_of_turn.empty());
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(NoQueue, TheRuntimeDirectoryIsMissing) {
  ::setenv("INTURN_RUNTIME_DIR", (dir / "missing").c_str(), 1);
  said(open().get(), {(dir / "missing").string(), "make the directory", "INTURN_RUNTIME_DIR"});
}

TEST_F(NoQueue, TheRuntimeDirectoryIsAFile) {
  ::setenv("INTURN_RUNTIME_DIR", file.c_str(), 1);
  said(open().get(), {file.string() + "/", "make the directory"});
}

TEST_F(NoQueue, TheRuntimeDirectoryCannotBeWrittenTo) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chmod(runtime.c_str(), 0755), 0);
  child c = as_user(somebody, [&] {
    const auto fd = open();
    said(fd.get(), {runtime.string(), "chmod 1777", "INTURN_RUNTIME_DIR"});
    require(!::testing::Test::HasFailure());
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(NoQueue, TheRuntimeDirectoryIsFull) {
  child c([&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", runtime.c_str(), "tmpfs", 0, "size=16k,mode=1777") != 0)
      return 77;
    const auto fill = [&](std::size_t most) {
      write_file(runtime / "ballast", std::string(most, 'x'));
    };
    const auto fd = open();
    fill(16 << 10);  // not even a header fits
    said(fd.get(), {runtime.string(), "make room"});
    fill(12 << 10);  // a header fits, and no lane
    said(fd.get(), {runtime.string(), "make room"});
    fill(0);
    expect_in_turn(fd.get());
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  const int status = c.wait();
  if (status == 77) GTEST_SKIP() << "may not mount";
  EXPECT_EQ(status, 0);
}

TEST_F(NoQueue, NoRoomWhereverItRunsOut) {
  const failing_system restore;
  const auto fd = open();
  base::sys.ftruncate = [](int, off_t) { return errno = ENOSPC, -1; };
  said(fd.get(), {runtime.string(), "make room"});
  base::sys.ftruncate = base::real_system().ftruncate;
  base::sys.fallocate = [](int, int, off_t, off_t) { return errno = ENOSPC, -1; };
  said(fd.get(), {runtime.string()});
  base::sys.fallocate = base::real_system().fallocate;
  base::sys.mmap = [](void*, size_t, int, int, int, off_t) { return errno = ENOMEM, MAP_FAILED; };
  said(fd.get(), {runtime.string()});
  base::sys.mmap = base::real_system().mmap;
  base::sys.openat = [](int, const char*, int, mode_t) { return errno = EMFILE, -1; };
  const auto got = kernel::take_flock(fd.get(), LOCK_EX, {});
  EXPECT_TRUE(got.granted && !got.ticket && !got.out_of_turn.empty());
  base::sys = base::real_system();
  expect_in_turn(fd.get());
}

TEST_F(NoQueue, TheRegionIsDamaged) {
  const fs::path at = side();
  const std::string good = head_of(at, region::page);
  const auto fd = open();
  const auto write = [&](const std::string& start, std::uintmax_t size) {
    write_file(at, start);
    fs::resize_file(at, size);
  };
  const auto with = [&](const std::string& start, std::uintmax_t size) {
    write(start, size);
    said(fd.get(), {at.string(), "("});
    EXPECT_EQ(fs::file_size(at), size);  // left as it is
    EXPECT_TRUE(start.starts_with(head_of(at, std::min(start.size(), size))));
  };
  with("", 0);
  with("", region::region_size);
  with(good, region::region_size / 2);
  with(good, 100);
  with(good, region::region_size + 1);
  std::string bytes(1 << 16, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i * 31 >> 3);
  with(bytes, region::region_size);
  std::string other_version = good;
  other_version[offsetof(region::header, stamp)] ^= 1;
  with(other_version, region::region_size);
  write(good, region::region_size);
  expect_in_turn(fd.get());
}

TEST_F(NoQueue, AFileOnANetworkFileSystemIsLockedInTheOrderOfThisMachine) {
  static ino_t lock_inode;
  const auto fd = open();
  struct stat at {};
  ASSERT_EQ(::fstat(fd.get(), &at), 0);
  lock_inode = at.st_ino;
  const failing_system restore;
  base::sys.fstatfs = [](int which, struct statfs* out) {
    struct stat one {};
    const int result = ::fstatfs(which, out);
    if (::fstat(which, &one) == 0 && one.st_ino == lock_inode) out->f_type = NFS_SUPER_MAGIC;
    return result;
  };
  said(fd.get(), {file.string(), "network file system", "this machine"});
  EXPECT_EQ(kernel::existing_sides(fd.get()).size(), 1U);
}

TEST_F(NoQueue, TheProgramClosesEverythingBehindOurBack) {
  child c([&] {
    auto fd = open();
    turnstile in_turn(fd.get());
    in_turn.flock(LOCK_EX);
    in_turn.flock(LOCK_UN);
    require(::close_range(static_cast<unsigned>(fd.get()) + 1, ~0U, 0) == 0);
    fs::remove_all(runtime);  // so that not even its name helps
    in_turn.flock(LOCK_EX);
    in_turn.flock(LOCK_UN);
  });
  EXPECT_EQ(c.wait(), 0);
}

}  // namespace
}  // namespace inturn::test
