#include "baton/words.hpp"

#include <gtest/gtest.h>

#include <random>

// The word of a baton, against a circle that is gone round step by step.

namespace inturn::relay {
namespace {

/// 32 random bits: the generator's numbers are wider than they are large.
std::uint32_t draw(std::mt19937& random) { return static_cast<std::uint32_t>(random()); }

unsigned next_by_walking(unsigned place, std::uint32_t members) {
  do place = (place + 1) % max_members;
  while ((members & bit_of(place)) == 0);
  return place;
}

unsigned way_by_walking(unsigned from, unsigned to, std::uint32_t members) {
  unsigned way = 1;
  for (unsigned at = (from + 1) % max_members; at != to; at = (at + 1) % max_members)
    way += (members & bit_of(at)) != 0 ? 1U : 0U;
  return way;
}

TEST(BatonWord, KeepsItsParts) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto s = static_cast<state>(draw(random) % 3);
    const unsigned place = draw(random) % max_members;
    const bool news = draw(random) % 2 == 0;
    const std::uint32_t joins = draw(random) & 0xffffff, members = draw(random);
    const word w = make_word(s, place, news, joins, members);
    EXPECT_EQ(state_of(w), s);
    EXPECT_EQ(place_of(w), place);
    EXPECT_EQ(has_news(w), news);
    EXPECT_EQ(joins_of(w), joins);
    EXPECT_EQ(members_of(w), members);
  }
}

TEST(BatonWord, GoesRoundTheCircle) {
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t members =
        (draw(random) & draw(random)) | bit_of(draw(random) % max_members);
    const unsigned at = draw(random) % max_members, other = draw(random) % max_members;
    EXPECT_EQ(next_after(at, members), next_by_walking(at, members));
    const word w = make_word(state::taken, at, false, 0, members);
    EXPECT_EQ(distance(w, other), way_by_walking(at, other, members));
    EXPECT_EQ(place_of(pass_on(w, false)), next_by_walking(at, members));
  }
}

TEST(BatonWord, LiesOnlyWithoutMembers) {
  const word one = with(make_word(state::lying, 9, true, 4, 0), 5);
  EXPECT_EQ(one, make_word(state::given, 5, true, 5, bit_of(5)));
  EXPECT_EQ(without(one, 5, false), make_word(state::lying, 5, true, 5, 0));
  EXPECT_EQ(with(one, 3), make_word(state::given, 5, true, 6, bit_of(3) | bit_of(5)));
}

TEST(BatonWord, ADeathIsNewsOnlyWithTheTurnTaken) {
  const std::uint32_t both = bit_of(0) | bit_of(7);
  const word taken = make_word(state::taken, 7, false, 2, both);
  EXPECT_EQ(without(taken, 7, true), make_word(state::given, 0, true, 2, bit_of(0)));
  EXPECT_EQ(without(taken, 7, false), make_word(state::given, 0, false, 2, bit_of(0)));
  EXPECT_EQ(without(taken, 0, true), make_word(state::taken, 7, false, 2, bit_of(7)));
  const word given = make_word(state::given, 7, false, 2, both);
  EXPECT_EQ(without(given, 7, true), make_word(state::given, 0, false, 2, bit_of(0)));
  EXPECT_EQ(take(make_word(state::given, 7, true, 2, both)), taken);
}

TEST(BatonWord, CountsJoinsModulo) {
  const word full = make_word(state::given, 1, false, 0xffffff, bit_of(1));
  EXPECT_EQ(with(full, 2), make_word(state::given, 1, false, 0, bit_of(1) | bit_of(2)));
}

}  // namespace
}  // namespace inturn::relay
