#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.hpp"
#include "inturn/lock.hpp"
#include "region/refusal.hpp"
#include "region/region.hpp"
#include "support/pass_fd.hpp"
#include "support/region_watch.hpp"
#include "support/role.hpp"
#include "support/shared.hpp"

// Regions without a name, and descriptors that were passed.

namespace inturn::test {
namespace {

using base::unique_fd;

unique_fd plain_memfd(unsigned flags) { return unique_fd(::memfd_create("a-test", flags)); }

/// A memfd with the bytes of a region, without its seals.
unique_fd copy_of_region() {
  const temp_dir dir;
  { lock_file made(dir / "region"); }
  const std::string bytes = contents(dir / "region");
  unique_fd fd = plain_memfd(MFD_CLOEXEC | MFD_ALLOW_SEALING);
  EXPECT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return fd;
}

void expect_not_adopted(int error, int fd) {
  const auto descriptors = open_descriptors();
  EXPECT_EQ(error_of([&] { lock_file::adopt(fd); }), error);
  EXPECT_EQ(open_descriptors(), descriptors);
}

const role lock_what_is_passed("lock-what-is-passed", [](const std::vector<std::string>& a) -> int {
  const int socket = std::stoi(a.at(0));
  lock_file file = lock_file::adopt(receive_fd(socket).get());
  const hold h = file.lock();
  return h.previous_owner_died() ? 1 : 0;
});

TEST(Adopt, StrangersMeetInAMemfd) {
  lock_file file = lock_file::memfd();
  const region_watch watch(file.fd());
  hold mine = file.lock();
  auto pair = make_socket_pair();
  child stranger =
      execute(lock_what_is_passed, {std::to_string(pair.theirs.get())}, {pair.theirs.get()});
  send_fd(pair.ours.get(), file.fd());
  ASSERT_TRUE(watch.until_blocked(stranger.pid()));
  mine.release();
  EXPECT_EQ(stranger.wait(), 0);
}

TEST(Adopt, AStrangersDeathIsNoticed) {
  lock_file file = lock_file::memfd();
  const region_watch watch(file.fd());
  child other([&] {
    lock_file theirs = lock_file::adopt(file.fd());
    const hold h = theirs.lock();
    for (;;) ::pause();
  });
  ASSERT_TRUE(watch.until_holds(other.pid()));
  auto pair = make_socket_pair();
  child stranger =
      execute(lock_what_is_passed, {std::to_string(pair.theirs.get())}, {pair.theirs.get()});
  send_fd(pair.ours.get(), file.fd());
  ASSERT_TRUE(watch.until_blocked(stranger.pid()));
  EXPECT_FALSE(file.try_lock());
  other.kill();
  EXPECT_EQ(stranger.wait(), 1);
}

TEST(Adopt, TheMemfdIsSealed) {
  lock_file file = lock_file::memfd();
  EXPECT_EQ(::fcntl(file.fd(), F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  EXPECT_NE(::ftruncate(file.fd(), 0), 0);
  EXPECT_NE(::ftruncate(file.fd(), static_cast<off_t>(region::region_size + 1)), 0);
}

TEST(Adopt, TheDescriptorStaysTheCallers) {
  lock_file file = lock_file::memfd();
  const int given = ::dup(file.fd());
  lock_file adopted = lock_file::adopt(given);
  EXPECT_NE(adopted.fd(), given);
  ASSERT_EQ(::close(given), 0);
  const hold mine = file.lock();
  EXPECT_FALSE(adopted.try_lock());
}

TEST(Adopt, TheRegionLivesAsLongAsAnybodyHasIt) {
  lock_file last = [] {
    lock_file made = lock_file::memfd();
    return lock_file::adopt(made.fd());
  }();
  lock_file another = lock_file::adopt(last.fd());
  const hold mine = last.lock();
  EXPECT_FALSE(another.try_lock());
}

TEST(Adopt, ARegionWithANameToo) {
  const temp_dir dir;
  lock_file file(dir / "region");
  lock_file adopted = lock_file::adopt(file.fd());
  const hold mine = file.lock();
  EXPECT_FALSE(adopted.try_lock());
  EXPECT_NE(message_of([&] { adopted.lock(mode::update); }).find((dir / "region").string()),
            std::string::npos);
}

TEST(Adopt, ARegionWithANameIsFoundAgainByIt) {
  const temp_dir dir;
  lock_file file(dir / "region");
  const hold mine = file.lock();
  child c([&] {
    lock_file adopted = lock_file::adopt(file.fd());
    ::closefrom(3);
    require(!adopted.try_lock_for(std::chrono::milliseconds(20)));  // asks whether the holder lives
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST(Adopt, AReadOnlyOrPathOnlyDescriptorIsOpenedAfresh) {
  lock_file file = lock_file::memfd();
  const hold mine = file.lock();
  for (const int flags : {O_RDONLY, O_PATH}) {
    const unique_fd given(
        ::open(("/proc/self/fd/" + std::to_string(file.fd())).c_str(), flags | O_CLOEXEC));
    ASSERT_TRUE(given);
    EXPECT_FALSE(lock_file::adopt(given.get()).try_lock());
  }
}

TEST(Adopt, WithoutPermissionToWriteItIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  lock_file file = lock_file::memfd({.mode = std::filesystem::perms(0644)});
  lock_file for_all = lock_file::memfd({.mode = std::filesystem::perms(0666)});
  child c([&] {
    require(::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0);
    require(error_of([&] { lock_file::adopt(file.fd()); }) == EACCES);
    lock_file::adopt(for_all.fd()).lock();
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST(Adopt, WhatIsNoDescriptor) {
  expect_not_adopted(EBADF, -1);
  expect_not_adopted(EBADF, 12345);
  const int closed = ::dup(0);
  ::close(closed);
  expect_not_adopted(EBADF, closed);
}

TEST(Adopt, WhatIsNoRegion) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  expect_not_adopted(EILSEQ, pipe[0]);
  expect_not_adopted(EILSEQ, pipe[1]);
  ::close(pipe[0]);
  ::close(pipe[1]);
  const auto pair = make_socket_pair();
  expect_not_adopted(ENXIO, pair.ours.get());
  const unique_fd null(::open("/dev/null", O_RDWR));
  expect_not_adopted(EILSEQ, null.get());
  const temp_dir dir;
  const unique_fd directory(::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY));
  expect_not_adopted(EISDIR, directory.get());
  write_file(dir / "text", "text");
  const unique_fd text(::open((dir / "text").c_str(), O_RDWR));
  expect_not_adopted(EILSEQ, text.get());
}

TEST(Adopt, AMemfdThatIsNotSealedIsRefused) {
  const unique_fd copy = copy_of_region();
  expect_not_adopted(EPERM, copy.get());
  expect_not_adopted(EPERM, plain_memfd(MFD_CLOEXEC).get());
  ASSERT_EQ(::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_GROW), 0);
  expect_not_adopted(EPERM, copy.get());
  ASSERT_EQ(::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  EXPECT_TRUE(lock_file::adopt(copy.get()).lock());
}

TEST(Adopt, AMemfdSealedAgainstWritingIsRefused) {
  const unique_fd copy = copy_of_region();
  ASSERT_EQ(::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE), 0);
  expect_not_adopted(EPERM, copy.get());
}

TEST(Adopt, ASealedMemfdThatIsNoRegionIsRefused) {
  const unique_fd empty = plain_memfd(MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(::fcntl(empty.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK), 0);
  expect_not_adopted(EILSEQ, empty.get());
  const unique_fd zeroes = plain_memfd(MFD_CLOEXEC | MFD_ALLOW_SEALING);
  ASSERT_EQ(::ftruncate(zeroes.get(), static_cast<off_t>(region::region_size)), 0);
  ASSERT_EQ(::fcntl(zeroes.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK), 0);
  expect_not_adopted(EILSEQ, zeroes.get());
}

TEST(Adopt, ARegionWhoseNameIsGoneIsRefused) {
  const temp_dir dir;
  lock_file file(dir / "region");
  std::filesystem::remove(dir / "region");
  expect_not_adopted(EPERM, file.fd());
}

}  // namespace
}  // namespace inturn::test
