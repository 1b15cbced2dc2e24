#include "table/words.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace inturn::table {
namespace {

constexpr std::uint64_t end_of_all = ~std::uint64_t{0};

TEST(Word, KeepsItsPartsApart) {
  for (const state s : {state::entering, state::queued, state::held, state::upgrading, state::died})
    for (const mode m : {mode::shared, mode::update, mode::exclusive})
      for (const ticket t : {ticket{0}, ticket{1}, ticket{77}, max_ticket}) {
        const word w = make_word(s, m, t);
        EXPECT_EQ(state_of(w), s);
        EXPECT_EQ(mode_of(w), m);
        EXPECT_EQ(ticket_of(w), t);
        EXPECT_FALSE(is_told(w));
        EXPECT_TRUE(is_told(w | told_bit));
        EXPECT_EQ(ticket_of(w | told_bit), t);
        EXPECT_EQ(mode_of(w | told_bit), m);
        EXPECT_EQ(state_of(w | told_bit), s);
      }
  EXPECT_EQ(make_word(state::free, mode::shared, 0), free_word);
}

TEST(Word, IsLiveOnlyWithAPlaceInTheOrder) {
  for (unsigned s = 0; s < 8; ++s) {
    const auto as_state = static_cast<state>(s);
    const word w = make_word(as_state, mode::exclusive, 5);
    EXPECT_EQ(is_live(w), as_state == state::queued || as_state == state::held) << s;
  }
}

TEST(Word, OnlyExclusiveOrToldHoldersLeaveNews) {
  EXPECT_TRUE(leaves_news(make_word(state::held, mode::exclusive, 1)));
  EXPECT_TRUE(leaves_news(make_word(state::held, mode::shared, 1) | told_bit));
  EXPECT_FALSE(leaves_news(make_word(state::held, mode::shared, 1)));
  EXPECT_FALSE(leaves_news(make_word(state::queued, mode::exclusive, 1)));
  EXPECT_FALSE(leaves_news(make_word(state::died, mode::exclusive, 1)));
  EXPECT_FALSE(leaves_news(make_word(state::entering, mode::exclusive, 0)));
}

TEST(Modes, GoTogetherAsTheTableSays) {
  const mode hostile = static_cast<mode>(3);
  const std::vector<mode> modes{mode::shared, mode::update, mode::exclusive, hostile};
  const bool together[4][4] = {
      //              shared update exclusive hostile
      /* shared    */ {true, true, false, false},
      /* update    */ {true, false, false, false},
      /* exclusive */ {false, false, false, false},
      /* hostile   */ {false, false, false, false},
  };
  for (unsigned a = 0; a < 4; ++a)
    for (unsigned b = 0; b < 4; ++b)
      EXPECT_EQ(modes_conflict(modes[a], modes[b]), !together[a][b]) << a << " " << b;
}

// Against sets of bytes: every pair of ranges in a space of eight.
TEST(Extent, OverlapsWhenAByteIsInBoth) {
  for (unsigned a = 0; a < 8; ++a)
    for (unsigned b = a; b < 8; ++b)
      for (unsigned c = 0; c < 8; ++c)
        for (unsigned d = c; d < 8; ++d) {
          bool common = false;
          for (unsigned byte = a; byte <= b; ++byte) common |= c <= byte && byte <= d;
          EXPECT_EQ(overlap({a, b}, {c, d}), common);
          for (const mode m : {mode::shared, mode::exclusive})
            for (const mode n : {mode::shared, mode::exclusive})
              EXPECT_EQ(conflict(m, {a, b}, n, {c, d}), common && modes_conflict(m, n));
        }
}

TEST(Extent, OverlapsAtTheVeryEnd) {
  EXPECT_TRUE(overlap({end_of_all, end_of_all}, {0, end_of_all}));
  EXPECT_TRUE(overlap({end_of_all, end_of_all}, {end_of_all, end_of_all}));
  EXPECT_FALSE(overlap({end_of_all, end_of_all}, {0, end_of_all - 1}));
}

TEST(Range, BecomesAnExtentAndBack) {
  const std::vector<std::uint64_t> numbers{0,         1, 2, 1000, end_of_all / 2, end_of_all - 1,
                                           end_of_all};
  for (const std::uint64_t start : numbers)
    for (const std::uint64_t length : numbers) {
      extent e{1, 0};
      const bool fits = to_extent({start, length}, e);
      const bool should = length == 0 || length - 1 <= end_of_all - start;
      ASSERT_EQ(fits, should) << start << " " << length;
      if (!fits) continue;
      EXPECT_EQ(e.first, start);
      EXPECT_EQ(e.last, length == 0 ? end_of_all : start + (length - 1));
      EXPECT_LE(e.first, e.last);
      extent again{1, 0};
      ASSERT_TRUE(to_extent(to_range(e), again));
      EXPECT_EQ(again.first, e.first);
      EXPECT_EQ(again.last, e.last);
    }
}

TEST(Range, OfLengthZeroGoesToTheEnd) {
  extent e;
  ASSERT_TRUE(to_extent({7, 0}, e));
  EXPECT_EQ(e.last, end_of_all);
  EXPECT_EQ(to_range(e).length, 0U);
}

}  // namespace
}  // namespace inturn::table
