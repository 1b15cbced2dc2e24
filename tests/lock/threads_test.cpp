#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "inturn/mutex.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/temp_dir.hpp"

// Many threads, one lock_file or several. No forks here: this also runs under the thread sanitizer.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

constexpr int threads = 8;

struct Threads : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};

  static void in_threads(const std::function<void(unsigned)>& body, unsigned many = threads) {
    std::vector<std::thread> all;
    for (unsigned t = 0; t < many; ++t) all.emplace_back(body, t);
    for (auto& t : all) t.join();
  }
};

TEST_F(Threads, OfOneLockFileExcludeEachOther) {
  long counter = 0;  // plain on purpose: the thread sanitizer watches
  in_threads([&](unsigned) {
    for (int i = 0; i < 2000; ++i) {
      const hold h = file.lock();
      ++counter;
    }
  });
  EXPECT_EQ(counter, threads * 2000);
}

TEST_F(Threads, OfSeveralLockFilesExcludeEachOther) {
  // Each maps the region at an address of its own, so the thread sanitizer does not see that they exclude
  // each other: atomic, but added to in two steps.
  std::atomic<long> counter{0};
  in_threads([&](unsigned) {
    lock_file mine(path);
    for (int i = 0; i < 1000; ++i) {
      const hold h = mine.lock();
      const long before = counter.load(std::memory_order_relaxed);
      counter.store(before + 1, std::memory_order_relaxed);
    }
  });
  EXPECT_EQ(counter, threads * 1000);
}

TEST_F(Threads, OfAMutexExcludeEachOther) {
  inturn::mutex m(file);
  inturn::shared_mutex s(file, {0, 10});
  long counter = 0;
  in_threads([&](unsigned t) {
    for (int i = 0; i < 1000; ++i) {
      if (t % 2 == 0) {
        const std::lock_guard guard(m);
        ++counter;
      } else if (i % 4 == 0) {
        const std::unique_lock guard(s);
        ++counter;
      } else {
        const std::shared_lock guard(s);
        EXPECT_GE(counter, 0);
      }
    }
  });
  EXPECT_EQ(counter, threads / 2 * 1000 + threads / 2 * 250);
}

TEST_F(Threads, ReadersAreInTogether) {
  std::atomic<int> inside{0};
  in_threads([&](unsigned) {
    const hold h = file.lock(mode::shared);
    ++inside;
    EXPECT_TRUE(eventually([&] { return inside == threads; }));
  });
}

TEST_F(Threads, ManyRequestsMakeTheParticipantGrow) {
  // More at a time than a lane has slots, from threads that race for the new lanes.
  std::atomic<unsigned> holding{0};
  in_threads([&](unsigned t) {
    std::vector<hold> mine;
    for (std::uint64_t i = 0; i < 25; ++i)
      mine.push_back(file.lock(mode::exclusive, {t * 100 + i, 1}));
    ++holding;
    EXPECT_TRUE(eventually([&] { return holding == threads; }));
    std::shuffle(mine.begin(), mine.end(), std::mt19937(t));
    while (!mine.empty()) mine.pop_back();
  });
  EXPECT_EQ(watch.holding(), 0U);
}

TEST_F(Threads, TriesAndTimeLimitsLeaveNothing) {
  long counter = 0;
  std::atomic<long> granted{0};
  in_threads([&](unsigned t) {
    std::mt19937 random(t);
    for (int i = 0; i < 1000; ++i) {
      const auto h = random() % 2 == 0
                         ? file.try_lock()
                         : file.try_lock_for(std::chrono::microseconds(random() % 200));
      if (!h) continue;
      ++counter;
      ++granted;
    }
  });
  EXPECT_EQ(counter, granted);
  EXPECT_GT(granted, 0);
  EXPECT_TRUE(watch.requests().empty());
}

TEST_F(Threads, OrderIsKeptAmongThem) {
  std::vector<std::thread> all;
  std::vector<int> order;
  hold mine = file.lock();
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&, i] {
      const hold h = file.lock();
      order.push_back(i);
    });
    ASSERT_TRUE(watch.until_waiting(static_cast<std::size_t>(i) + 1));
  }
  mine.release();
  for (auto& t : all) t.join();
  for (int i = 0; i < threads; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_F(Threads, AHoldGoesFromThreadToThread) {
  std::mutex guard;
  std::condition_variable changed;
  hold passed = file.lock();
  unsigned turn = 0;
  in_threads([&](unsigned t) {
    std::unique_lock lock(guard);
    changed.wait(lock, [&] { return turn == t; });
    EXPECT_TRUE(passed);
    hold taken = std::move(passed);
    taken.detach();
    passed = std::move(taken);
    ++turn;
    changed.notify_all();
  });
  EXPECT_EQ(watch.holding(), 1U);
  passed.release();
  EXPECT_EQ(watch.holding(), 0U);
}

TEST_F(Threads, LockFilesComeAndGo) {
  in_threads([&](unsigned t) {
    for (int i = 0; i < 50; ++i) {
      hold outlives;
      {
        lock_file brief(path);
        outlives = brief.lock(mode::exclusive, {t, 1});
      }
      lock_file::memfd().lock();
    }
  });
  EXPECT_TRUE(watch.requests().empty());
}

TEST_F(Threads, UnlockedByAnotherThread) {
  inturn::mutex m(file);
  m.lock();
  std::thread([&] { m.unlock(); }).join();
  EXPECT_TRUE(m.try_lock());
  m.unlock();
}

}  // namespace
}  // namespace inturn::test
