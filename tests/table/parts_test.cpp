#include <gtest/gtest.h>

#include <random>

#include "table/calm_world.hpp"

// The parts of the protocol, each by itself, on tables that are set up by hand.

namespace inturn::table {
namespace {

using test::calm_world;
using test::falls_asleep;

constexpr extent all{};
constexpr slot_id mine{0, 0}, other{1, 0}, third{2, 3};

constexpr word queued(ticket t, mode m = mode::exclusive) { return make_word(state::queued, m, t); }
constexpr word held(ticket t, mode m = mode::exclusive) { return make_word(state::held, m, t); }
constexpr word entering(mode m = mode::exclusive) { return make_word(state::entering, m, 0); }
constexpr word died(ticket t) { return make_word(state::died, mode::exclusive, t); }

placed request_with(ticket t, mode m = mode::exclusive, extent where = all) {
  return {{m, where, 0}, t};
}

TEST(Sleepers, AreKeptByTicketTheSmallestOnes) {
  std::mt19937 random(1);
  for (unsigned n : {0U, 1U, 2U, 63U, 64U, 65U, 200U}) {
    std::vector<ticket> tickets;
    for (ticket t = 1; t <= n; ++t) tickets.push_back(t * 3);
    std::shuffle(tickets.begin(), tickets.end(), random);
    sleepers kept;
    bool all_fitted = true;
    for (const ticket t : tickets) all_fitted &= kept.insert({{mine, queued(t)}, all, false});
    EXPECT_EQ(all_fitted, n <= 64);
    ASSERT_EQ(kept.end() - kept.begin(), std::min(n, 64U));
    ticket expected = 0;
    for (const auto& s : kept) EXPECT_EQ(ticket_of(s.at.seen), expected += 3);
  }
}

TEST(Look, FindsThoseInTheWay) {
  calm_world w(3);
  w.put(other, queued(3), {10, 20});
  w.put(third, held(9), {20, 30});
  const survey s = look(w, mine, request_with(5, mode::shared, {20, 20}));
  EXPECT_EQ(s.ahead, 2U);
  EXPECT_EQ(s.holders, 1U);
  EXPECT_EQ(s.front.id, other);
  EXPECT_EQ(s.latest, 9U);
  EXPECT_FALSE(s.news);
}

TEST(Look, PassesLaterOnesOtherRangesSharersAndItself) {
  calm_world w(3);
  w.put(mine, queued(5), all);
  w.put(other, queued(6), all);
  w.put(third, held(1, mode::shared), all);
  w.put({2, 0}, queued(2), {30, 40});
  EXPECT_EQ(look(w, mine, request_with(5, mode::shared, {0, 29})).ahead, 0U);
}

TEST(Look, WipesAnnouncementsThatConflict) {
  calm_world w(3);
  w.put(other, entering(), all);
  w.put(third, entering(mode::shared), all);
  w.put({2, 4}, entering(), {100, 200});
  EXPECT_EQ(look(w, mine, request_with(5, mode::shared, {0, 10})).ahead, 0U);
  EXPECT_EQ(w.word_at(other), free_word);
  EXPECT_EQ(w.word_at(third), entering(mode::shared));
  EXPECT_EQ(w.word_at({2, 4}), entering());
}

TEST(Look, HearsOfDeathsInItsRangeOnly) {
  calm_world w(2);
  w.put(other, died(1), {0, 9});
  EXPECT_TRUE(look(w, mine, request_with(5, mode::shared, {9, 9})).news);
  EXPECT_FALSE(look(w, mine, request_with(5, mode::shared, {10, 19})).news);
}

TEST(Look, TakesWordsThatCannotBeForFree) {
  calm_world w(2);
  for (unsigned s : {4U, 6U, 7U}) {
    w.put(other, make_word(static_cast<state>(s), mode::exclusive, 1), all);
    EXPECT_EQ(look(w, mine, request_with(5)).ahead, 0U) << s;
  }
}

TEST(Look, IgnoresLanesBeyondTheTable) {
  calm_world w(2);
  w.table().shared->used[0] = ~std::uint64_t{0};
  w.table().shared->used[1] = ~std::uint64_t{0};
  w.table().shared->used_summary[0] = ~std::uint64_t{0};
  EXPECT_EQ(look(w, mine, request_with(5)).ahead, 0U);
}

TEST(Enter, GivesTicketsInTheOrderOfTheCalls) {
  calm_world w(2);
  placed a = request_with(0), b = request_with(0);
  ASSERT_EQ(enter(w, mine, a), ending::granted);
  ASSERT_EQ(enter(w, other, b), ending::granted);
  EXPECT_LT(a.ticket, b.ticket);
  EXPECT_EQ(w.word_at(mine), queued(a.ticket));
}

TEST(Enter, IsFullWhenTheTicketsHaveRunOut) {
  calm_world w(2);
  w.table().shared->next_ticket = max_ticket;
  grant got;
  ASSERT_EQ(acquire(w, mine, {}, got), ending::granted);
  EXPECT_EQ(got.ticket, max_ticket);
  leave(w, mine, request_with(got.ticket));
  EXPECT_EQ(acquire(w, mine, {}, got), ending::full);
  EXPECT_EQ(try_acquire(w, mine, {}, got), ending::full);
  EXPECT_EQ(w.word_at(mine), free_word);
}

TEST(Acquire, SleepsBehindAHolderAndIsWokenByItsRelease) {
  calm_world w(2);
  grant a, b;
  ASSERT_EQ(acquire(w, mine, {}, a), ending::granted);
  EXPECT_THROW(acquire(w, other, {}, b), falls_asleep);
  EXPECT_EQ(w.table().data_of(other).parked, 1U);
  leave(w, mine, request_with(a.ticket));
  ASSERT_EQ(w.woken, std::vector<slot_id>{other});
  ASSERT_EQ(await_turn(w, other, request_with(ticket_of(w.word_at(other))), b), ending::granted);
  EXPECT_GT(b.ticket, a.ticket);
}

TEST(Acquire, StartsAgainWhenItsWordWasTakenAway) {
  calm_world w(2);
  grant got;
  placed me = request_with(0);
  ASSERT_EQ(enter(w, mine, me), ending::granted);
  w.put(mine, free_word, all);
  EXPECT_EQ(take(w, mine, me, false, got), ending::lost);
  EXPECT_EQ(acquire(w, mine, {}, got), ending::granted);
}

TEST(Try, LeavesNoTraceWhenItFails) {
  calm_world w(2);
  w.put(other, held(1, mode::shared), all);
  const ticket before = w.table().shared->next_ticket;
  grant got;
  EXPECT_EQ(try_acquire(w, mine, {}, got), ending::busy);
  EXPECT_EQ(w.word_at(mine), free_word);
  EXPECT_EQ(w.table().shared->next_ticket, before);
  EXPECT_EQ(try_acquire(w, mine, {mode::shared, all, 0}, got), ending::granted);
}

TEST(Try, ClearsTheDeadInItsWayAndHears) {
  calm_world w(3);
  w.put(other, held(1), all);
  w.put(third, queued(2), all);
  w.kill(other.lane);
  w.kill(third.lane);
  grant got;
  ASSERT_EQ(try_acquire(w, mine, {}, got), ending::granted);
  EXPECT_TRUE(got.news);
  EXPECT_EQ(w.word_at(other), free_word);
  EXPECT_EQ(w.word_at(third), free_word);
}

TEST(Wake, ChoosesThoseWhoCanGoNow) {
  calm_world w(4);
  const slot_id a{1, 0}, b{1, 1}, c{2, 0}, d{2, 1}, e{3, 0};
  w.put(a, queued(2, mode::shared), {0, 9}, 1);
  w.put(b, queued(3, mode::shared), {5, 15}, 1);
  w.put(c, queued(4, mode::exclusive), {9, 12}, 1);   // behind a and b
  w.put(d, queued(5, mode::exclusive), {20, 29}, 1);  // behind nobody
  w.put(e, queued(6, mode::exclusive), {40, 49}, 1);  // was not in the way of the released one
  w.table().shared->parked_upto = 1;
  after_leaving(w, {mode::exclusive, {0, 30}, 0}, 1);
  EXPECT_EQ(w.woken, (std::vector<slot_id>{a, b, d}));
}

TEST(Wake, PassesOverThoseWhoAreNotAsleep) {
  calm_world w(3);
  w.put(other, queued(2), all, 0);
  w.put(third, queued(3), all, 1);
  w.table().shared->parked_upto = 1;
  after_leaving(w, {}, 1);
  EXPECT_EQ(w.woken, std::vector<slot_id>{third});
}

TEST(Wake, IsNotEvenTriedWhenNobodySleepsBehindThatTicket) {
  calm_world w(2);
  w.put(other, queued(7), all, 1);
  w.table().shared->parked_upto = 4;
  after_leaving(w, {}, 5);
  EXPECT_TRUE(w.woken.empty());
}

TEST(Wake, ReachesMoreSleepersThanFitAtOnce) {
  calm_world w(40);
  std::uint32_t n = 0;
  for (std::uint32_t l = 0; l < 40; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane; ++i, ++n)
      w.put({l, i}, queued(2 + n, mode::shared), all, 1);
  w.table().shared->parked_upto = 1;
  after_leaving(w, {}, 1);
  EXPECT_EQ(w.woken.size(), n);
}

TEST(Bury, LeavesADiedForAnExclusiveHolderOnly) {
  calm_world w(2);
  const auto buried = [&](word v) {
    w.put(other, v, all);
    EXPECT_TRUE(bury(w, other, v));
    return w.word_at(other);
  };
  w.kill(other.lane);
  EXPECT_EQ(buried(held(4)), died(4));
  EXPECT_EQ(buried(held(4, mode::shared)), free_word);
  EXPECT_EQ(state_of(buried(held(4, mode::shared) | told_bit)), state::died);
  EXPECT_EQ(buried(queued(4)), free_word);
}

TEST(Bury, LeavesTheLivingAndNewWordsAlone) {
  calm_world w(2);
  w.put(other, held(4), all);
  EXPECT_FALSE(bury(w, other, held(4)));
  w.kill(other.lane);
  EXPECT_TRUE(bury(w, other, held(3))) << "that request is over";
  EXPECT_EQ(w.word_at(other), held(4));
}

TEST(BuryLane, ClearsEverythingButMessages) {
  calm_world w(2);
  const word words[slots_per_lane] = {held(1),
                                      held(2, mode::shared),
                                      queued(3),
                                      entering(),
                                      died(4),
                                      free_word,
                                      make_word(state::upgrading, mode::update, 5)};
  for (const bool claimed : {false, true}) {
    for (std::uint32_t i = 0; i < slots_per_lane; ++i) w.put({1, i}, words[i], all);
    if (claimed)
      w.claim(1);
    else
      w.kill(1);
    bury_lane(w, 1, claimed);
    EXPECT_EQ(w.word_at({1, 0}), died(1));
    EXPECT_EQ(w.word_at({1, 4}), died(4));
    for (const std::uint32_t i : {1U, 2U, 3U, 5U, 6U}) EXPECT_EQ(w.word_at({1, i}), free_word) << i;
  }
}

TEST(BuryLane, LeavesTheLivingAlone) {
  calm_world w(2);
  w.put({1, 0}, held(1), all);
  w.put({1, 1}, entering(), all);
  bury_lane(w, 1, false);
  EXPECT_EQ(w.word_at({1, 0}), held(1));
  EXPECT_EQ(w.word_at({1, 1}), entering());
}

}  // namespace
}  // namespace inturn::table
