#include <gtest/gtest.h>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// First asked, first served; the releaser is no exception, and readers do not keep a writer out.

namespace inturn::test {
namespace {

struct Order : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
};

struct journal {
  std::atomic<int> entries{0};
  int numbers[64] = {};
  std::uint64_t tickets[64] = {};
  void write(int number, std::uint64_t ticket) {
    const int at = entries.fetch_add(1);
    numbers[at] = number;
    tickets[at] = ticket;
  }
};

TEST_F(Order, WaitersQueuedOneByOneAreGrantedInThatOrder) {
  constexpr int many = 20;
  shared<journal> book;
  hold first = file.lock();
  std::vector<child> waiters;
  for (int i = 0; i < many; ++i) {
    waiters.emplace_back([&, i] {
      const hold mine = lock_file(path).lock();
      book->write(i, mine.ticket());
    });
    ASSERT_TRUE(watch.until_blocked(waiters.back().pid()));
    ASSERT_EQ(watch.waiting(), waiters.size());
  }
  first.release();
  for (auto& w : waiters) ASSERT_EQ(w.wait(), 0);
  for (int i = 0; i < many; ++i) {
    EXPECT_EQ(book->numbers[i], i);
    if (i > 0) {
      EXPECT_LT(book->tickets[i - 1], book->tickets[i]);
    }
  }
}

TEST_F(Order, ReadersBetweenTwoWritersGoTogether) {
  shared<journal> book;
  shared<milestone> readers_in;
  hold first = file.lock();
  std::vector<child> waiters;
  for (int i = 0; i < 5; ++i) {
    const bool reads = i == 1 || i == 2 || i == 3;
    waiters.emplace_back([&, i, reads] {
      const hold mine = lock_file(path).lock(reads ? mode::shared : mode::exclusive);
      book->write(i, mine.ticket());
      if (!reads) return;
      readers_in->reach();
      require(readers_in->wait(3));  // none of them comes out before all are in
    });
    ASSERT_TRUE(watch.until_blocked(waiters.back().pid()));
  }
  first.release();
  for (auto& w : waiters) ASSERT_EQ(w.wait(), 0);
  EXPECT_EQ(book->numbers[0], 0);
  EXPECT_EQ(book->numbers[4], 4);
}

TEST_F(Order, WaitersForOtherRangesDoNotHoldEachOtherUp) {
  // Holder of 0; waiters for 0, for 0 and 1, for 1: the last is behind the second, not behind the first.
  hold zero = file.lock(mode::exclusive, {0, 1});
  child both, one;
  child first([&] { lock_file(path).lock(mode::exclusive, {0, 1}); });
  ASSERT_TRUE(watch.until_blocked(first.pid()));
  EXPECT_TRUE(file.try_lock(mode::exclusive, {1, 1}));
  both = child([&] { lock_file(path).lock(mode::exclusive, {0, 2}); });
  ASSERT_TRUE(watch.until_blocked(both.pid()));
  one = child([&] { lock_file(path).lock(mode::exclusive, {1, 1}); });
  ASSERT_TRUE(watch.until_blocked(one.pid()));
  EXPECT_FALSE(file.try_lock(mode::shared, {1, 1}));
  zero.release();
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(both.wait(), 0);
  EXPECT_EQ(one.wait(), 0);
}

TEST_F(Order, TheReleaserGoesBehindTheWaiter) {
  constexpr std::uint32_t rounds = 100;
  struct page {
    milestone round, granted;
  };
  shared<page> steps;
  child waiter([&] {
    lock_file mine(path);
    for (std::uint32_t i = 1; i <= rounds; ++i) {
      require(steps->round.wait(i));
      const hold h = mine.lock();
      steps->granted.reach();
    }
  });
  int barged = 0;
  for (std::uint32_t i = 1; i <= rounds; ++i) {
    hold h = file.lock();
    steps->round.reach();
    ASSERT_TRUE(watch.until_blocked(waiter.pid()));
    h.release();
    const hold again = file.lock();
    if (steps->granted.count() != i) ++barged;
    EXPECT_LT(h.ticket(), again.ticket());
  }
  EXPECT_EQ(barged, 0);
  EXPECT_EQ(waiter.wait(), 0);
}

TEST_F(Order, AWriterWaitsOnlyForTheReadsAheadOfIt) {
  constexpr int readers = 4, rounds = 50;
  struct page {
    milestone started;
    std::atomic<bool> over{false};
    std::atomic<int> inside{0}, most_inside{0};
    std::atomic<std::uint64_t> grants{0}, grants_before_writer{0};
  };
  shared<page> seen;
  std::vector<child> loops;
  for (int r = 0; r < readers; ++r) {
    loops.emplace_back([&] {
      lock_file mine(path);
      seen->started.reach();
      while (!seen->over) {
        const hold h = mine.lock(mode::shared);
        ++seen->grants;
        const int now = ++seen->inside;
        if (now > seen->most_inside) seen->most_inside = now;
        nap();  // overlaps with others
        --seen->inside;
      }
    });
  }
  ASSERT_TRUE(seen->started.wait(readers));
  for (int i = 0; i < rounds; ++i) {
    // A read of our own keeps the writer in the queue until we have seen it there.
    hold ours = file.lock(mode::shared);
    child writer([&] {
      lock_file mine(path);
      const hold h = mine.lock();
      require(seen->inside == 0);
      seen->grants_before_writer = seen->grants.load();
    });
    ASSERT_TRUE(watch.until_waits(writer.pid()));
    const std::uint64_t grants_when_queued = seen->grants;
    ours.release();
    ASSERT_EQ(writer.wait(), 0);
    // One for each reader that had been granted, and had not counted yet.
    EXPECT_LE(seen->grants_before_writer - grants_when_queued, std::uint64_t{readers});
  }
  seen->over = true;
  for (auto& l : loops) EXPECT_EQ(l.wait(), 0);
  EXPECT_GT(seen->most_inside, 1);
}

}  // namespace
}  // namespace inturn::test
