#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Each has its turn once, before anybody has it again, and nobody else has it meanwhile.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct record {
  std::atomic<std::uint64_t> turns{0};
  std::atomic<int> inside{0};
};

constexpr std::uint64_t all_turns = 100'000;

class Alternation : public ::testing::TestWithParam<unsigned> {};

TEST_P(Alternation, IsStrict) {
  const unsigned many = GetParam();
  shared<record> seen;
  // The test itself has the first turn until all are there; then it leaves, and place 0 is the next.
  std::optional<baton> gate(baton::memfd({.place = 31}));
  std::vector<child> all;
  const auto began = std::chrono::steady_clock::now();
  for (unsigned place = 0; place < many; ++place)
    all.emplace_back([&, place] {
      baton my = baton::adopt(gate->fd(), {.place = place});
      for (std::uint64_t round = 0; round * many + place < all_turns; ++round) {
        const turn now = my.wait();
        require(seen->inside.fetch_add(1) == 0);
        require(seen->turns.fetch_add(1) == round * many + place);
        require(seen->inside.fetch_sub(1) == 1);
      }
    });
  ASSERT_TRUE(gate->wait_for_members(many + 1, bound));
  gate.reset();
  for (child& each : all) EXPECT_EQ(each.wait(120s), 0);
  EXPECT_EQ(seen->turns, all_turns);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  std::printf("%u processes: %.2f us a turn\n", many, took.count() / all_turns);
}

INSTANTIATE_TEST_SUITE_P(Of, Alternation, ::testing::Values(2U, 3U, 8U));

TEST(AlternationByName, GoesWhereItIsHanded) {
  constexpr unsigned many = 4;
  constexpr std::uint64_t turns = 20'000;
  struct named {
    std::atomic<unsigned> next{0};
    std::atomic<std::uint64_t> turns{0};
  };
  shared<named> seen;
  shared<milestone> done;
  temp_dir dir;
  std::vector<child> all;
  for (unsigned place = 0; place < many; ++place)
    all.emplace_back([&, place] {
      baton my(dir / "baton", {.place = place});
      require(my.wait_for_members(many, bound));
      while (seen->turns < turns) {
        auto now = my.wait_for(1ms);
        if (!now) continue;
        if (seen->turns.fetch_add(1) != 0) require(seen->next == place);
        const unsigned next = static_cast<unsigned>(now->number() * 7919 / 3 % many);
        seen->next = next;
        now->hand_to(next);
      }
      // Stays a member until all are here: it may be named yet.
      done->reach();
      require(done->wait(many));
    });
  for (child& each : all) EXPECT_EQ(each.wait(120s), 0);
}

}  // namespace
}  // namespace inturn::test
