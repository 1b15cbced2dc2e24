#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/sys.hpp"
#include "baton/file.hpp"
#include "inturn/baton.hpp"
#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/failing_system.hpp"
#include "support/proc.hpp"
#include "support/temp_dir.hpp"

// What is no baton is refused, and left as it is; what cannot be made leaves nothing behind.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;

struct BatonFiles : ::testing::Test {
  temp_dir dir;
  const fs::path path = dir / "baton";

  int error() const {
    return error_of([this] { baton(path, {}); });
  }
  std::string message() const {
    return message_of([this] { baton(path, {}); });
  }
};

TEST_F(BatonFiles, AForeignFileIsLeftAsItIs) {
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string(31, 'x'), std::string(32, 'x'),
        std::string(64, '\0'), std::string(4096, 'y')}) {
    write_file(path, text);
    EXPECT_EQ(error(), EILSEQ) << text.size();
    EXPECT_NE(message().find(path.string() + ": not a baton"), std::string::npos) << message();
    EXPECT_EQ(contents(path), text);
  }
}

TEST_F(BatonFiles, ARegionIsNoBatonAndABatonNoRegion) {
  { lock_file made(path); }
  EXPECT_EQ(error(), EILSEQ);
  fs::remove(path);
  { baton made(path); }
  EXPECT_EQ(error_of([&] { lock_file region(path); }), EILSEQ);
}

TEST_F(BatonFiles, OfAnotherVersionIsSaidToBe) {
  { baton made(path, {.capacity = 1}); }
  std::string bytes = contents(path);
  ASSERT_EQ(bytes.size(), 64U);
  bytes[63] = 9;
  write_file(path, bytes);
  EXPECT_EQ(error(), EPROTO);
}

TEST_F(BatonFiles, WithTheNameOfSomethingElse) {
  fs::create_directory(path);
  EXPECT_EQ(error(), EISDIR);
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(error(), EILSEQ);
  fs::remove(path);
  fs::create_symlink("nothing", path);
  EXPECT_EQ(error(), ENOENT);
  EXPECT_EQ(error_of([&] { baton(dir / "no" / "directory", {}); }), ENOENT);
}

TEST_F(BatonFiles, HasItsPermissions) {
  const mode_t before = ::umask(0);
  { baton made(path, {.mode = fs::perms(0640)}); }
  ::umask(before);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
}

TEST_F(BatonFiles, OnAFullDiskNothingIsLeft) {
  const failing_system restore;
  const std::vector<int> open_before = open_descriptors();
  base::sys.fallocate = [](int, int, off_t, off_t) { return errno = ENOSPC, -1; };
  EXPECT_EQ(error(), ENOSPC);
  base::sys.fallocate = base::real_system().fallocate;
  base::sys.pwrite = [](int, const void*, size_t, off_t) -> ssize_t { return errno = EIO, -1; };
  EXPECT_EQ(error(), EIO);
  base::sys.pwrite = base::real_system().pwrite;
  base::sys.mmap = [](void*, size_t, int, int, int, off_t) { return errno = ENOMEM, MAP_FAILED; };
  EXPECT_EQ(error(), ENOMEM);
  base::sys.mmap = base::real_system().mmap;
  base::sys.record_lock = [](int, int, struct flock*) { return errno = ENOLCK, -1; };
  EXPECT_EQ(error(), ENOLCK);
  base::sys.record_lock = base::real_system().record_lock;
  EXPECT_EQ(open_descriptors(), open_before);
  baton works(path);
  EXPECT_TRUE(works.try_wait());
}

TEST_F(BatonFiles, ADescriptorOfSomethingElseIsNotAdopted) {
  const auto adopt = [](int fd) { return error_of([fd] { baton::adopt(fd); }); };
  EXPECT_EQ(adopt(-1), EBADF);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(adopt(ends[0]), EILSEQ);
  ::close(ends[0]);
  ::close(ends[1]);
  const base::unique_fd unsealed(::memfd_create("x", MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(unsealed.get(), 64), 0);
  EXPECT_EQ(adopt(unsealed.get()), EPERM);
  ASSERT_EQ(::fcntl(unsealed.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
  EXPECT_EQ(adopt(unsealed.get()), EILSEQ);
  ASSERT_EQ(::fcntl(unsealed.get(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  EXPECT_EQ(adopt(unsealed.get()), EPERM);
}

TEST_F(BatonFiles, IsFoundAgainAfterAllHaveGone) {
  { baton made(path, {.capacity = 100}); }
  baton again(path);
  EXPECT_EQ(again.capacity(), 128U);
  EXPECT_TRUE(again.try_wait());
  EXPECT_EQ(fs::file_size(path), 160U);
}

}  // namespace
}  // namespace inturn::test
