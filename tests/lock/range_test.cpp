#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <memory>
#include <random>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Byte ranges up to 2^64 - 1, and what is refused.

namespace inturn::test {
namespace {

constexpr std::uint64_t top = ~std::uint64_t{0};

struct Range : ::testing::Test {
  temp_dir dir;
  lock_file file{dir / "region"};
};

TEST_F(Range, OverlapIsByTheByte) {
  struct pair {
    range a, b;
    bool overlap;
  };
  const pair pairs[] = {
      {{0, 1}, {0, 1}, true},
      {{0, 1}, {1, 1}, false},
      {{0, 10}, {9, 1}, true},
      {{0, 10}, {10, 1}, false},
      {{5, 10}, {0, 5}, false},
      {{5, 10}, {0, 6}, true},
      {{5, 10}, {7, 2}, true},
      {{0, 0}, {top, 1}, true},
      {{0, 0}, {0, 0}, true},
      {{5, 0}, {0, 5}, false},
      {{5, 0}, {4, 2}, true},
      {{top, 0}, {top, 1}, true},
      {{top, 0}, {0, top}, false},
      {{top - 1, 1}, {top, 1}, false},
      {{top - 1, 2}, {top, 1}, true},
      {{1, top}, {0, 1}, false},
      {{1, top}, {top, 1}, true},
      {{std::uint64_t{1} << 63, 1}, {0, std::uint64_t{1} << 63}, false},
  };
  for (const auto& [a, b, overlap] : pairs) {
    for (const auto& [held, asked] : {std::pair{a, b}, std::pair{b, a}}) {
      const hold mine = file.lock(mode::exclusive, held);
      const auto other = file.try_lock(mode::exclusive, asked);
      EXPECT_EQ(!other.has_value(), overlap)
          << held.start << "+" << held.length << " and " << asked.start << "+" << asked.length;
    }
  }
}

TEST_F(Range, BeyondTheLastByteIsRefused) {
  for (const range wrong : {range{top, 2}, range{2, top}, range{top, top}, range{top - 1, 3}}) {
    EXPECT_EQ(error_of([&] { file.lock(mode::exclusive, wrong); }), EINVAL);
    EXPECT_EQ(error_of([&] { file.try_lock(mode::shared, wrong); }), EINVAL);
    EXPECT_EQ(error_of([&] { file.try_lock_for(std::chrono::seconds(1), mode::shared, wrong); }),
              EINVAL);
  }
  EXPECT_TRUE(region_watch(dir / "region").requests().empty());
  EXPECT_TRUE(file.lock());
}

TEST_F(Range, ModesThatAreNotThereAreRefused) {
  EXPECT_EQ(error_of([&] { file.lock(mode::update); }), ENOTSUP);
  EXPECT_EQ(error_of([&] { file.try_lock(mode::update); }), ENOTSUP);
  EXPECT_EQ(error_of([&] { file.try_lock_for(std::chrono::seconds(1), mode::update); }), ENOTSUP);
  EXPECT_EQ(error_of([&] { file.lock(static_cast<mode>(3)); }), EINVAL);
  EXPECT_EQ(error_of([&] { file.lock(static_cast<mode>(255)); }), EINVAL);
  EXPECT_NE(message_of([&] { file.lock(mode::update); }).find((dir / "region").string()),
            std::string::npos);
  EXPECT_TRUE(file.lock());
}

// Random ranges, modes and ways to ask; a map of the bytes tells whether anybody is where he must not be.

constexpr int bytes = 200, processes = 8, rounds = 5000;

struct grant {
  std::uint64_t ticket;
  std::uint16_t start, length;
  bool exclusive;
};

struct byte_map {
  milestone ready;
  std::array<std::atomic<int>, bytes> users{};  // readers, or -1
  std::atomic<int> overlaps{0};
  std::atomic<std::uint32_t> count{0};
  std::array<grant, processes * rounds> grants{};
};

void section(byte_map& map, const grant& g) {
  map.grants[map.count.fetch_add(1)] = g;
  for (int b = g.start; b < g.start + g.length; ++b) {
    int nobody = 0;
    auto& users = map.users[static_cast<std::size_t>(b)];
    if (g.exclusive ? !users.compare_exchange_strong(nobody, -1) : users.fetch_add(1) < 0)
      ++map.overlaps;
  }
  if (g.ticket % 64 == 0) nap(std::chrono::microseconds(50));
  for (int b = g.start; b < g.start + g.length; ++b)
    map.users[static_cast<std::size_t>(b)].fetch_add(g.exclusive ? 1 : -1);
}

void take_part(const std::filesystem::path& path, byte_map& map, unsigned seed) {
  lock_file file(path);
  std::mt19937 random(seed);
  map.ready.reach();
  require(map.ready.wait(processes));
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  for (int i = 0; i < rounds; ++i) {
    const int start = below(bytes),
              length = 1 + below(std::min(20U, static_cast<unsigned>(bytes - start)));
    const mode m = below(3) == 0 ? mode::exclusive : mode::shared;
    const range where{static_cast<std::uint64_t>(start), static_cast<std::uint64_t>(length)};
    std::optional<hold> h;
    switch (below(4)) {
      case 0:
        h = file.try_lock(m, where);
        break;
      case 1:
        h = file.try_lock_for(std::chrono::microseconds(below(300)), m, where);
        break;
      default:
        h = file.lock(m, where);
    }
    if (h)
      section(map, {h->ticket(), static_cast<std::uint16_t>(start),
                    static_cast<std::uint16_t>(length), m == mode::exclusive});
  }
}

int inversions(const byte_map& map) {
  std::array<std::uint64_t, bytes> last_writer{}, last_of_all{};
  int found = 0;
  for (std::uint32_t i = 0; i < map.count; ++i) {
    const grant& g = map.grants[i];
    bool late = false;
    for (std::size_t b = g.start; b < std::size_t{g.start} + g.length; ++b) {
      late |= g.ticket <= (g.exclusive ? last_of_all[b] : last_writer[b]);
      last_of_all[b] = std::max(last_of_all[b], g.ticket);
      if (g.exclusive) last_writer[b] = g.ticket;
    }
    found += late ? 1 : 0;
  }
  return found;
}

TEST_F(Range, RandomRangesKeepApartAndInOrder) {
  const auto map = std::make_unique<shared<byte_map>>();
  std::vector<child> crowd;
  for (unsigned p = 0; p < processes; ++p)
    crowd.emplace_back([&, p] { take_part(dir / "region", **map, 1000 + p); });
  for (auto& c : crowd) ASSERT_EQ(c.wait(std::chrono::seconds(100)), 0);
  EXPECT_GT((*map)->count, std::uint32_t{processes * rounds / 2});
  EXPECT_EQ((*map)->overlaps, 0);
  EXPECT_EQ(inversions(**map), 0);
  for (const auto& users : (*map)->users) EXPECT_EQ(users, 0);
  EXPECT_TRUE(region_watch(dir / "region").requests().empty());
}

}  // namespace
}  // namespace inturn::test
