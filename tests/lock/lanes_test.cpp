#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <random>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Places in a region: many requests, many participants, none left, and all given back.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct Lanes : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  std::optional<lock_file> file{path};
  region_watch watch{path};

  std::size_t marked_used() const {
    const table::view t = watch.region().table();
    std::size_t bits = 0;
    for (const auto& word : t.shared->used)
      bits += static_cast<std::size_t>(std::popcount(word.load()));
    return bits;
  }
  std::size_t claimed(std::uint32_t of_first) const {
    std::size_t many = 0;
    for (std::uint32_t lane = 0; lane < of_first; ++lane)
      many += !watch.region().certainly_dead(lane);
    return many;
  }
};

TEST_F(Lanes, TwoThousandHoldsOfOneParticipant) {
  constexpr std::uint64_t many = 2000;
  std::vector<hold> all;
  for (std::uint64_t i = 0; i < many; ++i) all.push_back(file->lock(mode::exclusive, {i * 2, 1}));
  EXPECT_EQ(watch.holding(), many);
  EXPECT_EQ(marked_used(), many / 7 + 1);
  child other([&] {
    lock_file mine(path);
    for (std::uint64_t i = 0; i < many; i += 97) {
      require(!mine.try_lock(mode::shared, {i * 2, 1}));
      require(bool(mine.try_lock(mode::exclusive, {i * 2 + 1, 1})));
    }
  });
  EXPECT_EQ(other.wait(), 0);
  std::shuffle(all.begin(), all.end(), std::mt19937(7));
  while (all.size() > many / 2) all.pop_back();
  EXPECT_EQ(watch.holding(), many / 2);
  // The freed places are used again.
  for (std::uint64_t i = 0; i < many / 2; ++i)
    all.push_back(file->lock(mode::exclusive, {(many + i) * 2, 1}));
  EXPECT_EQ(marked_used(), many / 7 + 1);
  all.clear();
  EXPECT_TRUE(watch.requests().empty());
  EXPECT_TRUE(file->try_lock());
}

TEST_F(Lanes, AreGivenBackAtTheEnd) {
  EXPECT_EQ(claimed(100), 1U);
  std::vector<hold> all;
  for (std::uint64_t i = 0; i < 70; ++i) all.push_back(file->lock(mode::exclusive, {i, 1}));
  EXPECT_EQ(claimed(100), 10U);
  file.reset();
  EXPECT_EQ(claimed(100), 10U) << "the holds keep them";
  all.clear();
  EXPECT_EQ(claimed(100), 0U);
  EXPECT_EQ(marked_used(), 0U);
  EXPECT_EQ(mappings_of("region"), 1U) << "the watch's";
  // And the first is the first again.
  file.emplace(path);
  file->lock();
  EXPECT_FALSE(watch.region().certainly_dead(0));
  EXPECT_EQ(marked_used(), 1U);
}

TEST_F(Lanes, OfTheDeadAreUsedAgain) {
  file.reset();
  for (int i = 0; i < 50; ++i) {
    child c([&] {
      lock_file mine(path);
      std::vector<hold> held;
      for (std::uint64_t n = 0; n < 20; ++n) held.push_back(mine.lock(mode::shared, {n, 1}));
      ::kill(::getpid(), SIGKILL);
    });
    EXPECT_EQ(c.wait(), 128 + SIGKILL);
  }
  EXPECT_LE(marked_used(), 3U);
}

TEST_F(Lanes, ThreeHundredParticipants) {
  constexpr std::uint32_t many = 300;
  struct page {
    milestone ready, over;
    std::atomic<int> inside{0}, overlaps{0};
  };
  shared<page> seen;
  std::vector<child> all;
  for (std::uint32_t i = 0; i < many; ++i) {
    all.emplace_back([&] {
      lock_file mine(path);
      seen->ready.reach();
      require(seen->ready.wait(many, 60s));
      for (int n = 0; n < 5; ++n) {
        const hold h = mine.lock();
        if (seen->inside++ != 0) ++seen->overlaps;
        --seen->inside;
      }
      seen->over.reach();
      require(seen->over.wait(many, 60s));
    });
  }
  for (auto& c : all) ASSERT_EQ(c.wait(60s), 0);
  EXPECT_EQ(seen->overlaps, 0);
  EXPECT_EQ(claimed(many + 1), 1U);
}

/// Locks the claim bytes from `first` on, as somebody would who has taken all these lanes.
struct all_taken {
  explicit all_taken(const std::filesystem::path& path, off_t first)
      : fd(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    struct flock rest {};
    rest.l_type = F_WRLCK;
    rest.l_start = first;
    rest.l_len = table::max_lanes - first;
    EXPECT_EQ(::fcntl(fd.get(), F_OFD_SETLK, &rest), 0);
  }
  base::unique_fd fd;
};

TEST_F(Lanes, NoneLeftIsAnErrorThatHarmsNobody) {
  std::vector<hold> held;
  for (std::uint64_t i = 0; i < 7; ++i) held.push_back(file->lock(mode::exclusive, {i, 1}));
  {
    const all_taken rest(path, 1);
    const auto descriptors = open_descriptors();
    EXPECT_EQ(error_of([&] { file->lock(mode::exclusive, {7, 1}); }), ENOLCK);
    EXPECT_EQ(error_of([&] { file->try_lock(mode::exclusive, {7, 1}); }), ENOLCK);
    EXPECT_EQ(error_of([&] { lock_file another(path); }), ENOLCK);
    EXPECT_EQ(error_of([&] { lock_file::adopt(file->fd()); }), ENOLCK);
    EXPECT_NE(message_of([&] { lock_file another(path); }).find(path.string()), std::string::npos);
    EXPECT_EQ(open_descriptors(), descriptors);
    EXPECT_EQ(watch.holding(), 7U);
    held.pop_back();
    held.push_back(file->lock(mode::exclusive, {7, 1}));
  }
  held.push_back(file->lock(mode::exclusive, {8, 1}));
  lock_file another(path);
  EXPECT_FALSE(another.try_lock());
}

TEST_F(Lanes, TheNewsOfADeathStaysWhenALaneChangesHands) {
  file.reset();
  child c([&] {
    lock_file mine(path);
    const hold h = mine.lock(mode::exclusive, {0, 1});
    ::_exit(0);
  });
  c.wait();
  for (int i = 0; i < 3; ++i) {
    lock_file brief(path);
    std::vector<hold> held;
    for (std::uint64_t n = 1; n < 20; ++n) held.push_back(brief.lock(mode::exclusive, {n, 1}));
  }
  EXPECT_TRUE(lock_file(path).lock(mode::exclusive, {0, 1}).previous_owner_died());
  EXPECT_FALSE(lock_file(path).lock(mode::exclusive, {0, 1}).previous_owner_died());
}

TEST_F(Lanes, FullOfNewsAreLeftAloneUntilItIsRead) {
  file.reset();
  child c([&] {
    lock_file mine(path);
    std::vector<hold> held;
    for (std::uint64_t n = 0; n < 7; ++n) held.push_back(mine.lock(mode::exclusive, {n, 1}));
    ::_exit(0);
  });
  c.wait();
  lock_file second(path);
  EXPECT_TRUE(watch.region().certainly_dead(0)) << "no slot of it is free";
  EXPECT_TRUE(second.lock(mode::exclusive, {3, 1}).previous_owner_died());
  {
    // One slot is free again: whoever takes the lane uses that one alone.
    lock_file third(path);
    EXPECT_FALSE(watch.region().certainly_dead(0));
    std::vector<hold> held;
    for (std::uint64_t n = 10; n < 20; ++n) held.push_back(third.lock(mode::exclusive, {n, 1}));
  }
  for (const std::uint64_t n : {0, 1, 2, 4, 5, 6})
    EXPECT_TRUE(second.lock(mode::exclusive, {n, 1}).previous_owner_died()) << n;
  EXPECT_FALSE(second.lock().previous_owner_died());
}

}  // namespace
}  // namespace inturn::test
