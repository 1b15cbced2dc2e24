#include <gtest/gtest.h>

#include <random>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// A process that is stopped blocks those behind its queued or held request, and nobody else.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct Freeze : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
  std::mt19937 random{99};

  void wait_an_instant() {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::nanoseconds(random() % 100'000);
    while (std::chrono::steady_clock::now() < end) continue;
  }
  bool is_entering_somewhere() const {
    const table::view t = watch.region().table();
    for (std::uint32_t l = 0; l < 8; ++l)
      for (const auto& word : t.lanes[l].words)
        if (table::state_of(word.load()) == table::state::entering) return true;
    return false;
  }
};

TEST_F(Freeze, OfOneWhoIsNotQueuedBlocksNobody) {
  constexpr int rounds = 400;
  shared<std::atomic<std::uint64_t>> grants;
  child looper([&] {
    lock_file mine(path);
    for (;;) {
      mine.lock();
      ++*grants;
    }
  });
  int idle = 0, entering = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::uint64_t before = *grants;
    ASSERT_TRUE(eventually([&] { return *grants > before; })) << "it did not go on";
    wait_an_instant();
    looper.stop();
    const bool blocks = watch.waits(looper.pid()) || watch.holds(looper.pid());
    if (!blocks) {
      ++idle;
      entering += is_entering_somewhere() ? 1 : 0;
      ASSERT_TRUE(file.try_lock_for(bound));
      ASSERT_TRUE(file.try_lock(mode::shared));
      child other([&] { lock_file(path).lock(); });  // joins, waits for nobody, and goes
      ASSERT_EQ(other.wait(), 0);
    }
    looper.resume();
  }
  std::printf("stopped %d times, %d of them without a request, %d of those while announcing one\n",
              rounds, idle, entering);
  EXPECT_GT(idle, 0);
}

TEST_F(Freeze, OfOneWhoJoinsOrLeavesBlocksNobody) {
  shared<std::atomic<std::uint64_t>> joined;
  child looper([&] {
    for (;;) {
      lock_file mine(path);
      const hold h = mine.lock(mode::shared, {1000, 1});
      ++*joined;
    }
  });
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t before = *joined;
    ASSERT_TRUE(eventually([&] { return *joined > before; }));
    wait_an_instant();
    looper.stop();
    child other([&] {
      lock_file mine(path);
      std::vector<hold> held;  // more lanes than one
      for (std::uint64_t n = 0; n < 10; ++n) held.push_back(mine.lock(mode::exclusive, {n, 1}));
    });
    ASSERT_EQ(other.wait(), 0);
    looper.resume();
  }
}

TEST_F(Freeze, OfAWaiterBlocksThoseBehindItAndTheirTimeEnds) {
  hold mine = file.lock();
  child stopped([&] { lock_file(path).lock(); });
  ASSERT_TRUE(watch.until_blocked(stopped.pid()));
  child behind([&] { lock_file(path).lock(); });
  ASSERT_TRUE(watch.until_blocked(behind.pid()));
  stopped.stop();
  mine.release();
  EXPECT_FALSE(file.try_lock_for(50ms));
  EXPECT_TRUE(watch.waits(behind.pid()));
  stopped.resume();
  EXPECT_EQ(stopped.wait(), 0);
  EXPECT_EQ(behind.wait(), 0);
}

TEST_F(Freeze, OfAHolderBlocksUntilItGoesOnOrDies) {
  child stopped([&] {
    lock_file mine(path);
    const hold h = mine.lock();
    for (;;) ::pause();
  });
  ASSERT_TRUE(watch.until_holds(stopped.pid()));
  stopped.stop();
  EXPECT_FALSE(file.try_lock_for(50ms));
  stopped.kill();
  EXPECT_TRUE(file.lock().previous_owner_died());
}

}  // namespace
}  // namespace inturn::test
