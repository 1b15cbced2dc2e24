#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

#include "region/refusal.hpp"
#include "region/region.hpp"

// Real file systems that are full, read-only or not there. Skipped where a mount namespace may not be made.

namespace inturn::test {
namespace {

struct Mounts : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
};

/// In a mount namespace of its own, where the tests mount what they need.
bool in_own_mount_namespace() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

TEST_F(Mounts, AReallyFullDisk) {
  child c([&]() -> int {
    if (!in_own_mount_namespace() ||
        ::mount("tmpfs", dir.path().c_str(), "tmpfs", 0, "size=64k,nr_inodes=100") != 0)
      return 77;
    lock_file file(path);
    const hold mine = file.lock();
    // Somebody fills the disk.
    const base::unique_fd filler(::open((dir / "filler").c_str(), O_RDWR | O_CREAT, 0600));
    const std::string page_of(region::page, 'x');
    while (::write(filler.get(), page_of.data(), page_of.size()) > 0) continue;
    require(error_of([&] { lock_file fresh(dir / "fresh"); }) == ENOSPC);
    require(names_in(dir.path()) == std::set<std::string>{"filler", "region"});
    // Those who are in go on, and newcomers until a page of lanes is full; then an error, no SIGBUS.
    std::vector<lock_file> others;
    int error = 0;
    while (error == 0 && others.size() < 100) error = error_of([&] { others.emplace_back(path); });
    require(error == ENOSPC && others.size() == 7);
    for (std::uint64_t i = 0; i < others.size(); ++i) others[i].try_lock(mode::exclusive, {i, 1});
    return 0;
  });
  const int status = c.wait();
  if (status == 77) GTEST_SKIP() << "may not mount";
  EXPECT_EQ(status, 0);
}

TEST_F(Mounts, AReallyReadOnlyDirectory) {
  child c([&]() -> int {
    { lock_file made(dir / "there"); }
    if (!in_own_mount_namespace() ||
        ::mount(dir.path().c_str(), dir.path().c_str(), nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(nullptr, dir.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) !=
            0)
      return 77;
    require(error_of([&] { lock_file file(path); }) == EROFS);
    require(error_of([&] { lock_file file(dir / "there"); }) == EROFS);
    require(message_of([&] { lock_file file(path); }).find(path.string()) == 0);
    return 0;
  });
  const int status = c.wait();
  if (status == 77) GTEST_SKIP() << "may not mount";
  EXPECT_EQ(status, 0);
}

TEST_F(Mounts, WithoutProcARegionIsStillMadeAndUsed) {
  child c([&]() -> int {
    if (!in_own_mount_namespace() || ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) != 0) return 77;
    lock_file file(path), another(path);
    const hold mine = file.lock();
    require(!another.try_lock());
    require(names_in(dir.path()) == std::set<std::string>{"region"});
    require(error_of([&] { lock_file::adopt(file.fd()); }) == ENOENT);
    return 0;
  });
  const int status = c.wait();
  if (status == 77) GTEST_SKIP() << "may not mount";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace inturn::test
