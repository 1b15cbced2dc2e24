#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "region/refusal.hpp"
#include "region/region.hpp"
#include "support/region_watch.hpp"

// What is no region is refused, named and left as it is.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;

struct Bad : ::testing::Test {
  temp_dir dir;
  const fs::path path = dir / "region";

  std::string good_region() {
    { lock_file made(dir / "good"); }
    return contents(dir / "good");
  }
  void expect_refused_with(const std::string& bytes, int error) {
    write_file(path, bytes);
    expect_refused(error, path);
  }
};

TEST_F(Bad, EmptyFile) { expect_refused_with({}, EILSEQ); }

TEST_F(Bad, Zeroes) {
  for (const std::size_t size : {std::size_t{1}, region::page, region::region_size})
    expect_refused_with(std::string(size, '\0'), EILSEQ);
}

TEST_F(Bad, Text) { expect_refused_with("This is somebody's file.\n", EILSEQ); }

TEST_F(Bad, RandomBytes) {
  std::mt19937_64 random(20240229);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{100}, region::page - 1, region::page, region::page + 1,
        region::region_size, region::region_size + 4096}) {
    std::string bytes(size, '\0');
    for (char& b : bytes) b = static_cast<char>(random());
    expect_refused_with(bytes, EILSEQ);
  }
}

TEST_F(Bad, CutShortOrGrown) {
  const std::string good = good_region();
  ASSERT_EQ(good.size(), region::region_size);
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{8}, region::page - 1, region::page, region::page + 1,
        region::region_size / 2, region::region_size - 1})
    expect_refused_with(good.substr(0, size), EILSEQ);
  expect_refused_with(good + '\0', EILSEQ);
}

TEST_F(Bad, AnotherVersion) {
  const auto changed = [&](std::size_t at) {
    std::string bytes = good_region();
    bytes[at] = static_cast<char>(bytes[at] + 1);
    return bytes;
  };
  expect_refused_with(changed(offsetof(region::header, stamp)), EPROTO);
  expect_refused_with(changed(offsetof(region::header, lane_count)), EPROTO);
  expect_refused_with(changed(offsetof(region::header, magic)), EILSEQ);
  // Another version may well have another size.
  expect_refused_with(changed(offsetof(region::header, stamp)).substr(0, region::page), EPROTO);
}

TEST_F(Bad, GoodOneIsTakenByteByByte) {
  write_file(path, good_region());
  EXPECT_TRUE(lock_file(path).lock());
}

TEST_F(Bad, Directory) {
  fs::create_directory(path);
  expect_refused(EISDIR, path);
}

TEST_F(Bad, FifoDoesNotBlock) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_refused(EILSEQ, path);
  // Looking at it does not either.
  child c([&] {
    require(error_of([&] { region::mapped::open_existing(path, true); }) == EILSEQ);
    require(error_of([&] { region::mapped::open_existing(path); }) == EILSEQ);
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Bad, Device) {
  expect_error(EILSEQ, "/dev/null", [] { lock_file file("/dev/null"); });
  expect_error(EILSEQ, "/dev/zero", [] { lock_file file("/dev/zero"); });
}

TEST_F(Bad, Socket) {
  sockaddr_un name{AF_UNIX, {}};
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  const base::unique_fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  expect_refused(ENXIO, path);
}

TEST_F(Bad, MissingParent) {
  const fs::path missing = dir / "not-there" / "region";
  expect_error(ENOENT, missing.string(), [&] { lock_file file(missing); });
  EXPECT_TRUE(names_in(dir.path()).empty());
}

TEST_F(Bad, ParentThatIsAFile) {
  write_file(dir / "file", "x");
  const fs::path below = dir / "file" / "region";
  expect_error(ENOTDIR, below.string(), [&] { lock_file file(below); });
}

TEST_F(Bad, NameTooLong) {
  const fs::path name = dir / std::string(300, 'n');
  expect_error(ENAMETOOLONG, name.string(), [&] { lock_file file(name); });
}

TEST_F(Bad, EmptyName) {
  EXPECT_NE(error_of([] { lock_file file(""); }), 0);
}

TEST_F(Bad, DanglingSymbolicLink) {
  fs::create_symlink(dir / "nothing", path);
  expect_refused(ENOENT, path);
  EXPECT_FALSE(fs::exists(dir / "nothing"));
}

TEST_F(Bad, SymbolicLinkToItself) {
  fs::create_symlink(path, path);
  expect_error(ELOOP, path.string(), [&] { lock_file file(path); });
}

TEST_F(Bad, SymbolicLinkToARegionIsThatRegion) {
  lock_file made(path);
  fs::create_symlink(path, dir / "link");
  const hold mine = made.lock();
  EXPECT_FALSE(lock_file(dir / "link").try_lock());
}

/// As nobody; the test has to be root for that.
void as_nobody(const std::function<void()>& body) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  child c([&] {
    require(::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0);
    body();
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Bad, NoPermission) {
  fs::permissions(dir.path(), fs::perms(0755));
  { lock_file made(path, {.mode = fs::perms(0600)}); }
  as_nobody([&] {
    require(error_of([&] { lock_file file(path); }) == EACCES);
    require(message_of([&] { lock_file file(path); }).find(path.string()) != std::string::npos);
  });
  // Reading is not enough: whoever locks writes.
  fs::permissions(path, fs::perms(0644));
  as_nobody([&] { require(error_of([&] { lock_file file(path); }) == EACCES); });
  fs::permissions(path, fs::perms(0666));
  as_nobody([&] { lock_file(path).lock(); });
}

TEST_F(Bad, NoPermissionInTheDirectory) {
  fs::permissions(dir.path(), fs::perms(0555));
  as_nobody([&] { require(error_of([&] { lock_file file(path); }) == EACCES); });
  EXPECT_TRUE(names_in(dir.path()).empty());
  fs::permissions(dir.path(), fs::perms(0));
  as_nobody([&] { require(error_of([&] { lock_file file(path); }) == EACCES); });
}

}  // namespace
}  // namespace inturn::test
