#include <limits>
#include <type_traits>
#include <utility>

#include "kernel/in_turn.hpp"
#include "kernel/lock_file.hpp"

// The public class, called as flock(2) and fcntl(2) are.

namespace inturn::test {
namespace {

using Api = lock_file_test;

static_assert(std::is_nothrow_move_constructible_v<turnstile>);
static_assert(!std::is_copy_constructible_v<turnstile>);

/// The type of lock that keeps `asked` out of the range; F_UNLCK: none.
short blocker_of(int fd, short asked, off_t start, off_t length) {
  struct ::flock ask {};
  ask.l_type = asked;
  ask.l_start = start;
  ask.l_len = length;
  EXPECT_EQ(::fcntl(fd, F_OFD_GETLK, &ask), 0);
  return ask.l_type;
}

TEST_F(Api, FlockLocksSharesAndUnlocks) {
  const auto fd = open(), other = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_SH);
  EXPECT_EQ(::flock(other.get(), LOCK_SH | LOCK_NB), 0);
  EXPECT_EQ(::flock(other.get(), LOCK_UN), 0);
  in_turn.flock(LOCK_EX);
  EXPECT_NE(::flock(other.get(), LOCK_SH | LOCK_NB), 0);
  in_turn.flock(LOCK_UN);
  EXPECT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0);
  EXPECT_FALSE(in_turn.flock_for(LOCK_SH, 1ms));
  EXPECT_TRUE(in_turn.flock_for(LOCK_UN, 1ms));
}

TEST_F(Api, OfdLocksTheRange) {
  const auto fd = open(), other = open();
  turnstile in_turn(fd.get());
  in_turn.ofd(F_RDLCK, {10, 5});
  EXPECT_EQ(blocker_of(other.get(), F_WRLCK, 0, 10), F_UNLCK);
  EXPECT_EQ(blocker_of(other.get(), F_WRLCK, 14, 1), F_RDLCK);
  EXPECT_EQ(blocker_of(other.get(), F_WRLCK, 15, 0), F_UNLCK);
  in_turn.ofd(F_WRLCK, {20, 0});
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, std::numeric_limits<off_t>::max(), 0), F_WRLCK);
  EXPECT_TRUE(in_turn.ofd_for(F_UNLCK, {20, 0}, 0ns));
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, 20, 0), F_UNLCK);
}

TEST_F(Api, RangesEndWithTheLastOffset) {
  const auto fd = open(), other = open();
  turnstile in_turn(fd.get());
  in_turn.ofd(F_WRLCK, {kernel::last_offset, 1});
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, 0, std::numeric_limits<off_t>::max()), F_UNLCK);
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, std::numeric_limits<off_t>::max(), 1), F_WRLCK);
  in_turn.ofd(F_UNLCK, {});
  in_turn.ofd(F_WRLCK, {1, ~std::uint64_t{0}});
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, 0, 1), F_UNLCK);
  EXPECT_EQ(blocker_of(other.get(), F_RDLCK, std::numeric_limits<off_t>::max(), 1), F_WRLCK);
  EXPECT_EQ(error_of([&] { in_turn.ofd(F_WRLCK, {kernel::last_offset + 1, 1}); }), EINVAL);
}

TEST_F(Api, WrongCallsAreRefusedAsTheKernelDoes) {
  const auto fd = open();
  turnstile in_turn(fd.get());
  EXPECT_EQ(error_of([&] { in_turn.flock(77); }), EINVAL);
  EXPECT_EQ(error_of([&] { in_turn.flock(LOCK_SH | LOCK_EX); }), EINVAL);
  EXPECT_EQ(error_of([&] { in_turn.ofd(99, {}); }), EINVAL);
  EXPECT_EQ(error_of([&] { kernel::take_ofd(fd.get(), F_UNLCK, {}, {}); }), EINVAL);
  EXPECT_EQ(error_of([&] { kernel::take_flock(fd.get(), LOCK_UN, {}); }), EINVAL);
  EXPECT_EQ(error_of([&] { turnstile(-1).flock(LOCK_EX); }), EBADF);
  EXPECT_EQ(error_of([&] { turnstile(-1).flock(LOCK_UN); }), EBADF);
  EXPECT_EQ(error_of([&] { turnstile(9'999).ofd(F_WRLCK, {}); }), EBADF);
  EXPECT_EQ(error_of([&] { turnstile(open(O_RDONLY).get()).ofd(F_WRLCK, {}); }), EBADF);
  const auto message = message_of([&] { turnstile(open(O_RDONLY).get()).ofd(F_WRLCK, {}); });
  EXPECT_EQ(message.find(file.string() + ": "), 0U) << message;
}

TEST_F(Api, UnlockingOpensNoQueue) {
  const auto fd = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_UN);
  in_turn.ofd(F_UNLCK, {});
  EXPECT_TRUE(std::filesystem::is_empty(runtime));
}

TEST_F(Api, ItCanBeMoved) {
  const auto fd = open(), other = open();
  turnstile a(fd.get());
  a.flock(LOCK_EX);
  turnstile b(std::move(a));
  b.flock(LOCK_UN);
  a = turnstile(other.get());
  a.flock(LOCK_EX);
  EXPECT_FALSE(b.flock_for(LOCK_EX, 0ns));
}

TEST_F(Api, ATicketGrowsFromGrantToGrant) {
  const auto fd = open(), other = open();
  const auto first = kernel::take_flock(fd.get(), LOCK_EX, {});
  ASSERT_TRUE(first.granted && first.ticket);
  EXPECT_EQ(first.out_of_turn, "");
  ASSERT_EQ(::flock(fd.get(), LOCK_UN), 0);
  const auto second = kernel::take_flock(other.get(), LOCK_EX, {how::never});
  ASSERT_TRUE(second.granted && second.ticket);
  EXPECT_GT(*second.ticket, *first.ticket);
  const auto posix = kernel::take_posix(fd.get(), F_RDLCK, {3, 4}, {});
  ASSERT_TRUE(posix.granted && posix.ticket);
}

TEST_F(Api, TheQueueIsLeftWhenTheLockIsGranted) {
  const auto inside = queue();
  const auto fd = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_EX);
  in_turn.ofd(F_WRLCK, {});
  EXPECT_TRUE(inside.requests().empty());
  EXPECT_TRUE(open_descriptors().size() < 30);
}

}  // namespace
}  // namespace inturn::test
