#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Programs that close descriptors that are not theirs, open others in their place, or start without
// 0, 1, 2. Each in a child, for gtest needs its descriptors.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct Descriptors : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  shared<milestone> step, stop;

  void in_child(const std::function<void()>& body) { EXPECT_EQ(child(body).wait(), 0); }

  /// Holds until it is killed.
  child holder(const std::filesystem::path& at) {
    const auto before = step->count();
    child c([this, at] {
      lock_file mine(at);
      const hold h = mine.lock();
      step->reach();
      require(stop->wait());
    });
    EXPECT_TRUE(step->wait(before + 1));
    return c;
  }
};

TEST_F(Descriptors, AFileRegionWorksOnAfterTheyAreClosed) {
  lock_file first(path);
  in_child([&] {
    lock_file mine(path);
    ::closefrom(3);
    mine.lock().release();
    // More requests than a lane has: new claims are made.
    std::vector<hold> many;
    for (std::uint64_t i = 0; i < 30; ++i) many.push_back(mine.lock(mode::exclusive, {i, 1}));
    many.clear();
    // Waits for one who lives, and then for one who dies.
    child other = holder(path);
    require(!mine.try_lock());
    require(!mine.try_lock_for(30ms));
    child next([&] {
      lock_file again(path);
      require(again.lock().previous_owner_died());
      step->reach();
      again.lock();
    });
    other.kill();
    require(step->wait(2));
    mine.lock();
    require(next.wait() == 0);
  });
}

TEST_F(Descriptors, AHolderIsNotTakenForDeadByOneWithoutItsDescriptor) {
  in_child([&] {
    lock_file mine(path);
    const child other = holder(path);
    ::closefrom(3);
    require(!mine.try_lock_for(50ms));
    // A file without any locks has the number now: asked there, everybody would look dead.
    const int stranger = ::open((dir / "other").c_str(), O_RDWR | O_CREAT, 0600);
    require(stranger == 3 && mine.fd() >= 3);
    while (::dup(stranger) < mine.fd()) continue;
    require(!mine.try_lock());
    require(!mine.try_lock_for(50ms));
  });
}

TEST_F(Descriptors, AnotherFileInItsPlaceIsLeftAlone) {
  in_child([&] {
    int number = -1;
    {
      lock_file mine(path);
      number = mine.fd();
      ::close(number);
      require(::open((dir / "other").c_str(), O_RDWR | O_CREAT, 0600) == number);
      mine.lock();
    }
    struct stat found {};
    struct stat other {};
    require(::fstat(number, &found) == 0 && ::stat((dir / "other").c_str(), &other) == 0);
    require(found.st_ino == other.st_ino && found.st_size == 0);
  });
}

TEST_F(Descriptors, AFileThatHasGoneFromItsNameIsAnErrorNotAHang) {
  in_child([&] {
    lock_file mine(path);
    const child other = holder(path);
    std::filesystem::rename(path, dir / "elsewhere");
    ::closefrom(3);
    require(error_of([&] { mine.lock(); }) == EBADF);
    // And not fooled by another region in its place.
    lock_file newer(path);
    ::closefrom(3);
    require(error_of([&] { mine.try_lock_for(bound); }) == EBADF);
    require(newer.lock().ticket() > 0);
    const region_watch watch(dir / "elsewhere");
    require(watch.requests().size() == 1);  // no trace of ours
  });
}

TEST_F(Descriptors, ARegionNamedByASymbolicLinkIsFoundAgain) {
  { lock_file made(path); }
  std::filesystem::create_symlink(path, dir / "link");
  in_child([&] {
    lock_file mine(dir / "link");
    const child other = holder(path);
    ::closefrom(3);
    require(!mine.try_lock_for(30ms));
  });
}

TEST_F(Descriptors, ARelativeNameIsFoundAgainAfterChdir) {
  in_child([&] {
    require(::chdir(dir.path().c_str()) == 0);
    lock_file mine("region");
    require(::chdir("/") == 0);
    const child other = holder(path);
    ::closefrom(3);
    require(!mine.try_lock_for(30ms));
  });
}

TEST_F(Descriptors, AMemfdIsAnErrorNotAHangWhereTheOthersLifeMatters) {
  in_child([&] {
    lock_file mine = lock_file::memfd();
    child other([&] {
      lock_file theirs = lock_file::adopt(mine.fd());
      const hold h = theirs.lock(mode::exclusive, {0, 10});
      step->reach();
      require(stop->wait());
    });
    require(step->wait());
    ::closefrom(3);
    require(bool(mine.lock(mode::exclusive, {10, 1})));  // nobody to ask about
    require(error_of([&] { mine.lock(); }) == EBADF);
    require(error_of([&] { mine.try_lock(); }) == EBADF);
    require(error_of([&] { mine.try_lock_for(bound); }) == EBADF);
    require(message_of([&] { mine.lock(); }).find("descriptor") != std::string::npos);
    stop->reach();
    require(other.wait() == 0);
    require(bool(mine.lock()));
  });
}

TEST_F(Descriptors, NoneOfTheStandardThreeIsTaken) {
  in_child([&] {
    for (const int closed : {0, 1, 2}) ::close(closed);
    lock_file by_path(path), memory = lock_file::memfd(), adopted = lock_file::adopt(memory.fd());
    lock_file opened(path);
    for (lock_file* f : {&by_path, &memory, &adopted, &opened}) {
      if (f->fd() <= 2) ::_exit(child_failed);
      f->lock();
    }
    const auto open = open_descriptors();
    if (std::any_of(open.begin(), open.end(), [](int fd) { return fd <= 2; }))
      ::_exit(child_failed);
  });
}

TEST_F(Descriptors, AreClosedAndUnmappedWithTheLockFile) {
  { lock_file made(path); }
  const auto before = open_descriptors();
  {
    lock_file file(path), memory = lock_file::memfd(), adopted = lock_file::adopt(memory.fd());
    std::vector<hold> many;
    for (std::uint64_t i = 0; i < 30; ++i) many.push_back(file.lock(mode::exclusive, {i, 1}));
    EXPECT_EQ(open_descriptors().size(), before.size() + 3);
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(mappings_of("region"), 0U);
  EXPECT_EQ(mappings_of("memfd:inturn (deleted)"), 0U);
}

TEST_F(Descriptors, AreClosedOnExec) {
  const lock_file file(path), memory = lock_file::memfd();
  for (const lock_file* f : {&file, &memory}) {
    EXPECT_NE(::fcntl(f->fd(), F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST_F(Descriptors, RunningOutOfThemIsAnError) {
  in_child([&] {
    lock_file mine(path);
    // A sanitizer that sees its first exception needs descriptors itself.
    require(error_of([&] { mine.lock(mode::update); }) == ENOTSUP);
    std::vector<int> all;
    for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::dup(fd)) all.push_back(fd);
    require(error_of([&] { lock_file another(path); }) == EMFILE);
    require(error_of([&] { lock_file::memfd(); }) == EMFILE);
    require(error_of([&] { lock_file::adopt(mine.fd()); }) == EMFILE);
    // What needs none goes on; a second lane needs one.
    std::vector<hold> many;
    for (std::uint64_t i = 0; i < 7; ++i) many.push_back(mine.lock(mode::exclusive, {i, 1}));
    require(error_of([&] { mine.lock(mode::exclusive, {7, 1}); }) == EMFILE);
    ::close(all.back());
    many.push_back(mine.lock(mode::exclusive, {7, 1}));
    require(many.size() == 8);
  });
}

}  // namespace
}  // namespace inturn::test
