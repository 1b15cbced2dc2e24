#include <gtest/gtest.h>

#include <cerrno>

#include "base/sys.hpp"
#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/failing_system.hpp"
#include "support/shared.hpp"

// On the way of a hand-over the kernel is asked for nothing but futex; and for that only if somebody sleeps.

namespace inturn::test {
namespace {

struct counts {
  std::atomic<std::uint64_t> locks_asked{0}, waits{0}, bounds{0}, wakes{0}, others{0};
};
counts* counted = nullptr;

/// Counts what goes through the seam to the system, in this process and in its children.
void count_calls() {
  base::sys.record_lock = [](int fd, int command, struct flock* lock) {
    ++counted->locks_asked;
    return base::real_system().record_lock(fd, command, lock);
  };
  base::sys.futex_wait_bits = [](const void* word, unsigned expected, const timespec* end,
                                 unsigned bits) {
    ++counted->waits;
    const long result = base::real_system().futex_wait_bits(word, expected, end, bits);
    if (result != 0 && errno == ETIMEDOUT) ++counted->bounds;
    return result;
  };
  base::sys.futex_wake_bits = [](const void* word, unsigned bits) {
    ++counted->wakes;
    return base::real_system().futex_wake_bits(word, bits);
  };
  base::sys.openat = [](int dir, const char* path, int flags, mode_t mode) {
    ++counted->others;
    return base::real_system().openat(dir, path, flags, mode);
  };
  base::sys.fstat = [](int fd, struct stat* out) {
    ++counted->others;
    return base::real_system().fstat(fd, out);
  };
}

TEST(BatonCalls, AreFutexAlone) {
  const failing_system restore;
  shared<counts> all;
  counted = &*all;
  constexpr std::uint64_t rounds = 5000;
  baton mine = baton::memfd();
  count_calls();
  child other([&] {
    baton my = baton::adopt(mine.fd());
    for (std::uint64_t n = 0; n < rounds; ++n) my.wait();
  });
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  const std::uint64_t locks_before = all->locks_asked, others_before = all->others;
  const std::uint64_t bounds_before = all->bounds;
  for (std::uint64_t n = 0; n < rounds; ++n) mine.wait();
  ASSERT_EQ(other.wait(), 0);
  // Who has slept to the bound asks whether the other lives: once, by one lock and two looks at the file.
  const std::uint64_t asked = all->bounds - bounds_before;
  EXPECT_LE(all->locks_asked - locks_before, asked + 4) << "some are of joining";
  EXPECT_LE(all->others - others_before, 2 * asked + 40);
  EXPECT_LE(all->waits, 8 * rounds);
  EXPECT_LE(all->wakes, 2 * rounds + 10);
  std::printf("%llu hand-overs: %llu waits, %llu wakes, %llu bounds\n",
              static_cast<unsigned long long>(2 * rounds),
              static_cast<unsigned long long>(all->waits.load()),
              static_cast<unsigned long long>(all->wakes.load()),
              static_cast<unsigned long long>(asked));
}

TEST(BatonCalls, AreNoneWhenNobodySleeps) {
  const failing_system restore;
  shared<counts> all;
  counted = &*all;
  baton a = baton::memfd(), b = baton::adopt(a.fd());
  count_calls();
  for (int n = 0; n < 1000; ++n) {
    a.wait();
    ASSERT_TRUE(b.try_wait());
  }
  EXPECT_EQ(all->locks_asked + all->waits + all->wakes + all->others, 0U);
}

}  // namespace
}  // namespace inturn::test
