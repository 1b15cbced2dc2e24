#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "region/refusal.hpp"
#include "region/region.hpp"
#include "support/failing_system.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"

// A region gets its name when it is ready, and there is one.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;
using base::sys;

struct Make : ::testing::Test {
  temp_dir dir;
  const fs::path path = dir / "region";
};

/// 32 processes open the same missing path at once. All must meet in one region.
void race_to_make(const fs::path& path) {
  constexpr std::uint32_t many = 32;
  struct page {
    milestone ready, open;
    std::atomic<std::uint32_t> inside{0}, overlaps{0};
    std::atomic<ino_t> inode{0};
    std::atomic<std::uint32_t> others{0};
  };
  shared<page> seen;
  std::vector<child> all;
  for (std::uint32_t i = 0; i < many; ++i) {
    all.emplace_back([&] {
      seen->ready.reach();
      require(seen->ready.wait(many));
      lock_file file(path);
      struct stat found {};
      require(::fstat(file.fd(), &found) == 0);
      ino_t none = 0;
      if (!seen->inode.compare_exchange_strong(none, found.st_ino) && none != found.st_ino)
        ++seen->others;
      for (int round = 0; round < 20; ++round) {
        const hold h = file.lock();
        if (seen->inside++ != 0) ++seen->overlaps;
        --seen->inside;
      }
    });
  }
  for (auto& c : all) ASSERT_EQ(c.wait(), 0);
  EXPECT_EQ(seen->others, 0U);
  EXPECT_EQ(seen->overlaps, 0U);
  EXPECT_EQ(names_in(path.parent_path()), std::set<std::string>{path.filename()});
}

TEST_F(Make, AllWhoOpenItAtOnceMeet) {
  for (int round = 0; round < 10; ++round) {
    race_to_make(path);
    fs::remove(path);
  }
}

int no_tmpfile(int at, const char* path, int flags, mode_t mode) {
  if ((flags & O_TMPFILE) == O_TMPFILE) return errno = EOPNOTSUPP, -1;
  return base::real_system().openat(at, path, flags, mode);
}

TEST_F(Make, AllMeetWhereThereAreNoNamelessFiles) {
  const failing_system restore;
  sys.openat = no_tmpfile;
  for (int round = 0; round < 5; ++round) {
    race_to_make(path);
    fs::remove(path);
  }
}

TEST_F(Make, ThePermissionsAreThoseAskedForLessTheUmask) {
  const auto made_with = [&](const char* name, fs::perms mode, mode_t mask) {
    const mode_t before = ::umask(mask);
    lock_file file(dir / name, {.mode = mode});
    ::umask(before);
    return fs::status(dir / name).permissions();
  };
  EXPECT_EQ(made_with("a", fs::perms(0660), 022), fs::perms(0640));
  EXPECT_EQ(made_with("b", fs::perms(0666), 0), fs::perms(0666));
  EXPECT_EQ(made_with("c", fs::perms(0600), 0), fs::perms(0600));
  const failing_system restore;
  sys.openat = no_tmpfile;
  EXPECT_EQ(made_with("d", fs::perms(0660), 022), fs::perms(0640));
}

TEST_F(Make, ARelativeNameIsInTheWorkingDirectory) {
  child c([&] {
    require(::chdir(dir.path().c_str()) == 0);
    lock_file("region").lock();
  });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(Make, NamesMayBeStrange) {
  for (const char* name : {"with space", "new\nline", "-x", "\xff\xfe", "%s%n"}) {
    EXPECT_TRUE(lock_file(dir / name).lock()) << name;
    EXPECT_TRUE(fs::exists(dir / name));
  }
}

TEST_F(Make, TicketsGrowWhenTheRegionIsMadeAgain) {
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    {
      lock_file file(path);
      for (int n = 0; n < 1000; ++n) file.lock();
      const hold h = file.lock();
      EXPECT_GT(h.ticket(), last);
      last = h.ticket();
    }
    fs::remove(path);
  }
}

TEST_F(Make, ARemovedRegionLivesOnForThoseWhoHaveIt) {
  lock_file old(path), also_old(path);
  fs::remove(path);
  lock_file fresh(path);
  const hold mine = old.lock();
  EXPECT_FALSE(also_old.try_lock());
  EXPECT_TRUE(fresh.try_lock());
}

TEST_F(Make, TheSizeIsFixedAndTheFileSparse) {
  lock_file file(path);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(static_cast<std::size_t>(found.st_size), region::region_size);
  EXPECT_LT(found.st_blocks * 512, 64 * 1024);
}

TEST_F(Make, OnATemporaryFileSystem) {
  const fs::path memory = "/dev/shm";
  if (!fs::exists(memory)) GTEST_SKIP();
  const temp_dir there(memory);
  race_to_make(there / "region");
}

}  // namespace
}  // namespace inturn::test
