#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/pass_fd.hpp"
#include "support/proc.hpp"
#include "support/role.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Batons over fork, exec, descriptors that are passed, and descriptors that are closed behind their back.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct BatonHandles : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
};

TEST_F(BatonHandles, AForkedChildIsNotTheMember) {
  baton a(path);
  baton b(path);
  turn now = a.wait();
  child forked([&] {
    require(error_of([&] { b.wait(); }) == EINVAL);
    require(error_of([&] { b.try_wait(); }) == EINVAL);
    require(error_of([&] { b.members(); }) == EINVAL);
    require(error_of([&] { b.wait_for_members(1); }) == EINVAL);
    require(error_of([&] { now.hand_on(); }) == EINVAL);
    const turn ends_here = std::move(now);
    const baton too = std::move(a);
  });
  EXPECT_EQ(forked.wait(), 0);
  EXPECT_EQ(a.members().size(), 2U);
  EXPECT_FALSE(b.try_wait()) << "the child's destructors handed on the parent's turn";
  now.hand_on();
  EXPECT_TRUE(b.try_wait());
}

TEST_F(BatonHandles, AChildThatOutlivesTheMemberDoesNotKeepItAlive) {
  shared<milestone> died;
  shared<std::atomic<pid_t>> outliver;
  baton mine(path);
  child owner([&] {
    baton my(path);
    turn now = my.wait();
    const pid_t forked = ::fork();
    while (forked == 0) ::pause();
    *outliver = forked;
    died->reach();
    ::_exit(0);
  });
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  mine.wait().hand_on();
  ASSERT_TRUE(died->wait());
  const child left_behind = child::of(*outliver);
  EXPECT_EQ(owner.wait(), 0);
  EXPECT_TRUE(left_behind.runs());
  EXPECT_TRUE(mine.wait().previous_owner_died());
}

TEST_F(BatonHandles, ExecEndsAMembership) {
  shared<milestone> go;
  baton mine(path);
  child owner([&] {
    baton my(path);
    const turn now = my.wait();
    go->reach();
    ::execlp("sleep", "sleep", "60", nullptr);
  });
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  mine.wait().hand_on();
  ASSERT_TRUE(go->wait());
  EXPECT_TRUE(mine.wait().previous_owner_died());
  EXPECT_TRUE(owner.runs());
}

const role goes_once("takes-and-hands-on", [](const std::vector<std::string>& arguments) {
  baton my = baton::adopt(std::stoi(arguments.at(0)));
  require(::close(std::stoi(arguments.at(0))) == 0);
  const turn now = my.wait();
  return std::string(reinterpret_cast<const char*>(now.bytes().data()), now.bytes().size()) == "you"
             ? 0
             : 1;
});

TEST_F(BatonHandles, AMemfdIsPassedOn) {
  baton mine = baton::memfd({.capacity = 10});
  turn now = mine.wait();
  child by_exec = execute(goes_once, {std::to_string(mine.fd())}, {mine.fd()});
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  now.hand_on(std::as_bytes(std::span("you", 3)));
  EXPECT_EQ(by_exec.wait(), 0);
  now = mine.wait();
  auto sockets = make_socket_pair();
  child by_socket([&] {
    const base::unique_fd got = receive_fd(sockets.theirs.get());
    baton my = baton::adopt(got.get());
    my.wait();
  });
  send_fd(sockets.ours.get(), mine.fd());
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  now.hand_on();
  EXPECT_EQ(by_socket.wait(), 0);
  EXPECT_FALSE(mine.wait().previous_owner_died());
}

TEST_F(BatonHandles, TheMemfdIsSealed) {
  const baton mine = baton::memfd();
  const int seals = ::fcntl(mine.fd(), F_GET_SEALS);
  EXPECT_EQ(seals, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  EXPECT_NE(::fcntl(mine.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(BatonHandles, AMemberWhoseDescriptorsWereClosedStaysAMember) {
  baton mine(path);
  shared<milestone> closed;
  shared<milestone> go;
  child closer([&] {
    baton my(path);
    ::closefrom(3);
    closed->reach();
    require(go->wait());
    require(!my.wait().previous_owner_died());
    require(my.members().size() == 2);  // opened again, by its name
  });
  ASSERT_TRUE(closed->wait());
  EXPECT_EQ(mine.members().size(), 2U);
  go->reach();
  mine.wait().hand_on();
  EXPECT_FALSE(mine.wait().previous_owner_died());
  go->reach();
  EXPECT_EQ(closer.wait(), 0);
}

TEST_F(BatonHandles, LeaveNothingOpenBehind) {
  const std::vector<int> before = open_descriptors();
  {
    baton a(path), b = baton::memfd();
    a.wait();
    baton c = std::move(a);
    c = std::move(b);
    c.wait();
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(mappings_of("baton"), 0U);
}

}  // namespace
}  // namespace inturn::test
