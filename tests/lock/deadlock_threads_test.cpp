#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "inturn/mutex.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/temp_dir.hpp"

// The unit of deadlock is the thread. No forks here.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

constexpr range A{0, 1}, B{1, 1};

struct DeadlockThreads : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
};

TEST_F(DeadlockThreads, TwoThreadsCrosswise) {
  hold a = file.lock(mode::exclusive, A);
  std::thread other([&] {
    const hold b = file.lock(mode::exclusive, B);
    file.lock(mode::exclusive, A);
  });
  ASSERT_TRUE(watch.until_waiting(1));
  EXPECT_EQ(error_of([&] { file.lock(mode::exclusive, B); }), EDEADLK);
  EXPECT_EQ(error_of([&] { file.try_lock_for(bound, mode::shared, B); }), EDEADLK);
  a.release();
  other.join();
}

TEST_F(DeadlockThreads, AnotherThreadsHoldIsNotOurs) {
  const hold a = file.lock();
  std::thread([&] { EXPECT_FALSE(file.try_lock_for(20ms)); }).join();
}

TEST_F(DeadlockThreads, AHoldOfAThreadThatEndedIsNobodys) {
  hold left;
  std::thread([&] { left = file.lock(); }).join();
  // A new thread may get the ended one's number from the system, not from us.
  for (int i = 0; i < 20; ++i) std::thread([&] { EXPECT_FALSE(file.try_lock_for(1ms)); }).join();
  left.release();
}

TEST_F(DeadlockThreads, AnotherThreadReleasesWhatWasDetached) {
  hold a = file.lock();
  a.detach();
  std::thread other([&] {
    EXPECT_TRUE(watch.until_waiting(1));
    a.release();
  });
  EXPECT_TRUE(file.lock());
  other.join();
}

TEST_F(DeadlockThreads, AMutexIsNotRecursive) {
  mutex m(file);
  m.lock();
  EXPECT_EQ(error_of([&] { m.lock(); }), EDEADLK);
  EXPECT_EQ(error_of([&] { m.try_lock_for(bound); }), EDEADLK);
  EXPECT_FALSE(m.try_lock());
  m.unlock();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

TEST_F(DeadlockThreads, NotForThreadsThatTakeTurns) {
  std::atomic<int> refused{0};
  std::vector<std::thread> all;
  for (int t = 0; t < 6; ++t) {
    all.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        const int error = error_of([&] {
          const hold a = file.lock(i % 3 == 0 ? mode::exclusive : mode::shared, A);
          const hold b = file.lock(mode::exclusive, B);
        });
        if (error != 0) ++refused;
      }
    });
  }
  for (auto& t : all) t.join();
  EXPECT_EQ(refused, 0);
}

TEST_F(DeadlockThreads, ARefusalEndsEveryRealCycle) {
  // No order is kept: cycles come. Each is refused to one, and nobody hangs.
  std::atomic<int> refused{0}, granted{0};
  std::vector<std::thread> all;
  for (unsigned t = 0; t < 5; ++t) {
    all.emplace_back([&, t] {
      for (unsigned i = 0; i < 400; ++i) {
        const hold first = file.lock(mode::exclusive, {(i * 7 + t) % 5, 1});
        std::this_thread::yield();
        const int error = error_of([&] {
          file.lock(mode::exclusive, {(i * 3 + t * 2 + 1) % 5, 1});
          ++granted;
        });
        EXPECT_TRUE(error == 0 || error == EDEADLK);
        if (error != 0) ++refused;
      }
    });
  }
  for (auto& t : all) t.join();
  EXPECT_EQ(refused + granted, 5 * 400);
  EXPECT_GT(granted, 0);
}

}  // namespace
}  // namespace inturn::test
