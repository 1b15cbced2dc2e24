#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "region/refusal.hpp"
#include "region/region.hpp"
#include "support/failing_system.hpp"
#include "support/region_watch.hpp"

// The system fails: the errno is told, the file is named, and nothing is left behind.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;
using base::real_system;
using base::sys;

struct Faults : ::testing::Test {
  temp_dir dir;
  const fs::path path = dir / "region";
  const failing_system restore{};

  /// A region that is to be made, and one that is there, both refuse; with named temporary files too.
  void expect_neither_made_nor_opened(int error) {
    expect_refused(error, path);
    expect_refused_when_there(error);
    const auto before = sys.openat;
    sys.openat = [](int at, const char* name, int flags, mode_t mode) {
      if ((flags & O_TMPFILE) == O_TMPFILE) return errno = EOPNOTSUPP, -1;
      return real_system().openat(at, name, flags, mode);
    };
    expect_refused(error, path);
    sys.openat = before;
  }
  void expect_refused_when_there(int error) {
    const base::system_calls failing = sys;
    sys = real_system();
    { lock_file made(dir / "there"); }
    sys = failing;
    expect_refused(error, dir / "there");
  }
  void expect_not_made(int error) {
    expect_refused(error, path);
    sys.openat = [](int at, const char* name, int flags, mode_t mode) {
      if ((flags & O_TMPFILE) == O_TMPFILE) return errno = EISDIR, -1;
      return real_system().openat(at, name, flags, mode);
    };
    expect_refused(error, path);
  }
};

TEST_F(Faults, NetworkFileSystemsAreRefusedByType) {
  static long type;
  sys.fstatfs = [](int, struct statfs* out) {
    *out = {};
    out->f_type = type;
    return 0;
  };
  for (const long t : {long{NFS_SUPER_MAGIC}, long{SMB_SUPER_MAGIC}, long{CIFS_SUPER_MAGIC},
                       long{SMB2_SUPER_MAGIC}, long{AFS_SUPER_MAGIC}, long{AFS_FS_MAGIC},
                       long{CODA_SUPER_MAGIC}, long{V9FS_MAGIC}, long{CEPH_SUPER_MAGIC},
                       long{OCFS2_SUPER_MAGIC}, 0x01161970L, 0x0bd00bd0L, 0x47504653L, 0x013111a8L,
                       0x19830326L, static_cast<long>(static_cast<int>(CIFS_SUPER_MAGIC))}) {
    type = t;
    expect_neither_made_nor_opened(EREMOTE);
  }
  for (const long t : {long{EXT4_SUPER_MAGIC}, long{TMPFS_MAGIC}, long{XFS_SUPER_MAGIC},
                       long{BTRFS_SUPER_MAGIC}, long{OVERLAYFS_SUPER_MAGIC}, 0x65735546L}) {
    type = t;
    EXPECT_TRUE(lock_file(path).lock());
  }
  sys.fstatfs = [](int, struct statfs*) { return errno = ENOSYS, -1; };
  EXPECT_TRUE(lock_file(path).lock());
}

TEST_F(Faults, DiskFullAtSettingTheSize) {
  sys.ftruncate = [](int, off_t) { return errno = ENOSPC, -1; };
  expect_not_made(ENOSPC);
}

TEST_F(Faults, DiskFullAtWriting) {
  sys.pwrite = [](int, const void*, size_t, off_t) -> ssize_t { return errno = ENOSPC, -1; };
  expect_not_made(ENOSPC);
}

TEST_F(Faults, DiskFullInTheMiddleOfWriting) {
  sys.pwrite = [](int fd, const void* data, size_t size, off_t at) -> ssize_t {
    if (size < 100) return errno = ENOSPC, -1;
    errno = 0;
    return real_system().pwrite(fd, data, 100, at);
  };
  expect_not_made(ENOSPC);
}

TEST_F(Faults, DiskFullAtTheFirstClaim) {
  sys.fallocate = [](int, int, off_t, off_t) { return errno = ENOSPC, -1; };
  { expect_refused_when_there(ENOSPC); }
  // Made, though: it is a whole region for those who come when there is room.
  EXPECT_EQ(error_of([&] { lock_file file(path); }), ENOSPC);
  sys = real_system();
  EXPECT_TRUE(lock_file(path).lock());
}

TEST_F(Faults, DiskFullAtALaterClaimHarmsNobody) {
  lock_file file(path);
  std::vector<hold> held;
  for (std::uint64_t i = 0; i < 7; ++i) held.push_back(file.lock(mode::exclusive, {i, 1}));
  sys.fallocate = [](int, int, off_t, off_t) { return errno = ENOSPC, -1; };
  const auto descriptors = open_descriptors();
  EXPECT_EQ(error_of([&] { file.lock(mode::exclusive, {7, 1}); }), ENOSPC);
  EXPECT_EQ(error_of([&] { file.try_lock(mode::exclusive, {7, 1}); }), ENOSPC);
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(region_watch(path).holding(), 7U);
  held.pop_back();
  EXPECT_TRUE(file.lock(mode::exclusive, {7, 1}));
  sys = real_system();
  held.push_back(file.lock(mode::exclusive, {8, 1}));
  held.push_back(file.lock(mode::exclusive, {9, 1}));
}

TEST_F(Faults, FileSystemsThatCannotReserveAreWrittenTo) {
  static int writes;
  writes = 0;
  sys.fallocate = [](int, int, off_t, off_t) { return errno = EOPNOTSUPP, -1; };
  sys.pwrite = [](int fd, const void* data, size_t size, off_t at) {
    if (size == sizeof(std::uint64_t)) ++writes;
    return real_system().pwrite(fd, data, size, at);
  };
  lock_file file(path);
  EXPECT_EQ(writes, 1);
  EXPECT_TRUE(file.lock());
  sys.pwrite = [](int, const void*, size_t, off_t) -> ssize_t { return errno = ENOSPC, -1; };
  EXPECT_EQ(error_of([&] { lock_file another(path); }), ENOSPC);
  EXPECT_EQ(error_of([&] { lock_file::memfd(); }), ENOSPC);
}

TEST_F(Faults, AReservationThatASignalInterruptsIsMadeAgain) {
  static int left;
  left = 3;
  sys.fallocate = [](int fd, int how, off_t at, off_t length) {
    if (left-- > 0) return errno = EINTR, -1;
    return real_system().fallocate(fd, how, at, length);
  };
  EXPECT_TRUE(lock_file(path).lock());
  EXPECT_LT(left, 0);
}

TEST_F(Faults, OpeningThatASignalInterruptsIsDoneAgain) {
  static int left;
  left = 3;
  sys.openat = [](int at, const char* name, int flags, mode_t mode) {
    if (left-- > 0) return errno = EINTR, -1;
    return real_system().openat(at, name, flags, mode);
  };
  EXPECT_TRUE(lock_file(path).lock());
}

TEST_F(Faults, NoMemoryToMap) {
  sys.mmap = [](void*, size_t, int, int, int, off_t) { return errno = ENOMEM, MAP_FAILED; };
  expect_refused_when_there(ENOMEM);
}

TEST_F(Faults, NoMemoryToMapTheClaim) {
  sys.mmap = [](void* at, size_t size, int protection, int flags, int fd, off_t offset) {
    if (size == region::page) return errno = ENOMEM, MAP_FAILED;
    return real_system().mmap(at, size, protection, flags, fd, offset);
  };
  expect_refused_when_there(ENOMEM);
  // The place that was nearly claimed is free again.
  sys = real_system();
  lock_file file(dir / "there");
  EXPECT_TRUE(file.lock());
}

TEST_F(Faults, NoDescriptionForTheClaim) {
  static int opens;
  for (int fail_at = 0; fail_at < 4; ++fail_at) {
    opens = fail_at;
    sys.openat = [](int at, const char* name, int flags, mode_t mode) {
      if (opens-- == 0) return errno = ENFILE, -1;
      return real_system().openat(at, name, flags, mode);
    };
    const auto descriptors = open_descriptors();
    const int error = error_of([&] { lock_file file(path); });
    EXPECT_TRUE(error == ENFILE || (error == 0 && opens >= 0)) << error << " at " << fail_at;
    EXPECT_EQ(open_descriptors(), descriptors);
  }
}

TEST_F(Faults, NoRecordLocks) {
  sys.record_lock = [](int, int, struct flock*) { return errno = ENOLCK, -1; };
  expect_refused_when_there(ENOLCK);
}

TEST_F(Faults, TheNameCannotBeGiven) {
  sys.linkat = [](int, const char*, int, const char*, int) { return errno = EROFS, -1; };
  expect_not_made(EROFS);
}

TEST_F(Faults, TheNameIsTakenAndGoneAgainForEver) {
  sys.linkat = [](int, const char*, int, const char*, int) { return errno = EEXIST, -1; };
  expect_not_made(EAGAIN);
}

TEST_F(Faults, ReadOnlyFileSystem) {
  sys.openat = [](int at, const char* name, int flags, mode_t mode) {
    if ((flags & O_ACCMODE) != O_RDONLY && std::string(name).find("/proc/") != 0 &&
        (flags & O_TMPFILE) == O_TMPFILE)
      return errno = EROFS, -1;
    return real_system().openat(at, name, flags, mode);
  };
  expect_refused(EROFS, path);
}

TEST_F(Faults, NoMemfd) {
  sys.memfd_create = [](const char*, unsigned) { return errno = ENOSYS, -1; };
  expect_error(ENOSYS, "memfd:inturn", [] { lock_file::memfd(); });
  sys = real_system();
  sys.ftruncate = [](int, off_t) { return errno = ENOMEM, -1; };
  expect_error(ENOMEM, "memfd:inturn", [] { lock_file::memfd(); });
}

}  // namespace
}  // namespace inturn::test
