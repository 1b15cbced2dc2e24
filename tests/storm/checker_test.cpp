#include "storm/checker.hpp"

#include <gtest/gtest.h>

#include "storm/timeline.hpp"
#include "support/shared.hpp"

// That the storm's checker objects to what must not be, and to nothing else: on made-up grants.

namespace inturn::storm {
namespace {

constexpr table::extent whole{0, ~std::uint64_t{0}};

/// In turn, under that ticket, held for one unit of time from `at` on.
grant at(std::uint64_t time, std::uint64_t ticket) {
  return {.where = whole,
          .asked_at = time - 1,
          .granted_at = time,
          .left_at = time + 1,
          .ticket = ticket,
          .in_turn = true,
          .is_told = true};
}
grant shared_at(std::uint64_t time, std::uint64_t ticket) {
  grant g = at(time, ticket);
  g.exclusive = false;
  return g;
}
grant dead_at(std::uint64_t time, std::uint64_t ticket) {
  grant g = at(time, ticket);
  g.died = true;
  return g;
}
grant told_at(std::uint64_t time, std::uint64_t ticket) {
  grant g = at(time, ticket);
  g.told = true;
  return g;
}

checker::findings judged(const std::vector<grant>& grants, const std::vector<lost_ask>& lost = {}) {
  checker judge;
  for (const lost_ask& a : lost) judge.add(a);
  for (const grant& g : grants) judge.add(g);
  return judge.found();
}

TEST(Checker, OneAfterTheOtherIsRight) {
  const auto found = judged({at(10, 1), at(11, 2), shared_at(20, 3), at(30, 4)});
  EXPECT_EQ(found.grants, 4U);
  EXPECT_EQ(found.overlaps + found.inversions + found.secrets, 0U);
}

TEST(Checker, TwoAtOnceOverlap) {
  grant first = at(10, 1);
  first.left_at = 20;
  EXPECT_EQ(judged({first, at(19, 2)}).overlaps, 1U);
  EXPECT_EQ(judged({first, at(20, 2)}).overlaps, 0U);
  EXPECT_EQ(judged({first, shared_at(15, 2)}).overlaps, 1U);
  EXPECT_EQ(judged({first, at(11, 2), at(13, 3)}).overlaps, 2U);
  first.exclusive = false;
  EXPECT_EQ(judged({first, shared_at(15, 2)}).overlaps, 0U);
}

TEST(Checker, WhatDoesNotConflictMayBeAtOnce) {
  grant first = at(10, 5), second = at(10, 4);
  first.where = {0, 7};
  second.where = {8, 9};
  EXPECT_EQ(judged({first, second}).overlaps, 0U);
  EXPECT_EQ(judged({first, second}).inversions, 0U);
  second.where.first = 7;
  EXPECT_EQ(judged({first, second}).overlaps, 1U);
  EXPECT_EQ(judged({first, second}).inversions, 1U);
  second.lock = 1;
  EXPECT_EQ(judged({first, second}).overlaps, 0U);
}

TEST(Checker, SmallerTicketsAreNotGrantedLater) {
  EXPECT_EQ(judged({at(10, 2), at(20, 1)}).inversions, 1U);
  EXPECT_EQ(judged({at(10, 2), at(20, 2)}).inversions, 1U);
  EXPECT_EQ(judged({at(10, 2), shared_at(20, 1)}).inversions, 1U);
  EXPECT_EQ(judged({shared_at(10, 2), at(20, 1)}).inversions, 1U);
  EXPECT_EQ(judged({shared_at(10, 2), shared_at(20, 1)}).inversions, 0U);
}

TEST(Checker, WhoAsksLaterHasALargerTicket) {
  grant g = at(10, 5);
  g.after_ticket = 4;
  EXPECT_EQ(judged({g}).inversions, 0U);
  g.after_ticket = 5;
  EXPECT_EQ(judged({g}).inversions, 1U);
}

TEST(Checker, WhoWasSeenInTheQueueIsBeforeThoseWhoAskThen) {
  grant barger = at(20, 0), waiter = at(30, 7);
  barger.asked_at = 19;
  waiter.seen_at = 18;
  waiter.seen_ticket = 7;
  EXPECT_EQ(judged({barger, waiter}).inversions, 1U);
  barger.asked_at = 17;  // it may have been in the queue before
  EXPECT_EQ(judged({barger, waiter}).inversions, 0U);
  barger.asked_at = 19;
  barger.in_turn = false;  // it says so
  EXPECT_EQ(judged({barger, waiter}).inversions, 0U);
  EXPECT_EQ(judged({barger, waiter}).out_of_turn, 1U);
  barger.in_turn = true;
  waiter.ticket = 9;  // it lost its place, and asked anew
  EXPECT_EQ(judged({barger, waiter}).inversions, 0U);
  EXPECT_EQ(judged({barger, waiter}).lost_places, 1U);
}

TEST(Checker, TheNextHolderIsToldOfADeath) {
  EXPECT_EQ(judged({dead_at(10, 1), told_at(20, 2), at(30, 3)}).secrets, 0U);
  EXPECT_EQ(judged({dead_at(10, 1), at(20, 2)}).secrets, 1U);
  EXPECT_EQ(judged({dead_at(10, 1), at(20, 2), at(30, 3)}).secrets, 1U);
  // Of two that share, either may be the one.
  EXPECT_EQ(judged({dead_at(10, 1), shared_at(20, 2), told_at(30, 3)}).secrets, 0U);
  EXPECT_EQ(judged({dead_at(10, 1), shared_at(20, 2), at(30, 3)}).secrets, 1U);
  grant elsewhere = dead_at(10, 1);
  elsewhere.where = {100, 200};
  grant next = at(20, 2);
  next.where = {0, 99};
  EXPECT_EQ(judged({elsewhere, next}).secrets, 0U);
  grant not_told_there = dead_at(10, 1);
  not_told_there.is_told = false;
  EXPECT_EQ(judged({not_told_there, at(20, 2)}).secrets, 0U);
}

TEST(Checker, OneWhoWasToldMayHaveDiedAtOnce) {
  const lost_ask between{0, whole, 15, 18};
  const auto found = judged({dead_at(10, 1), at(20, 2)}, {between});
  EXPECT_EQ(found.secrets, 0U);
  EXPECT_EQ(found.unjudged_deaths, 1U);
  EXPECT_EQ(judged({dead_at(10, 1), at(20, 2)}, {{0, whole, 25, 28}}).secrets, 1U);
  EXPECT_EQ(judged({dead_at(10, 1), at(20, 2)}, {{1, whole, 15, 18}}).secrets, 1U);
}

struct Timeline : ::testing::Test {
  entry& write(std::uint32_t worker, phase at, std::uint64_t time, std::uint64_t ticket) {
    entry& e = all->tracks[worker].next();
    e.lock = 0;
    e.exclusive = true;
    e.where = whole;
    e.asked_at = e.granted_at = time;
    e.after_ticket = 0;
    e.ticket = ticket;
    e.in_turn = true;
    e.told = false;
    e.beat = time + 1;
    all->tracks[worker].begin(e);
    e.step(at);
    return e;
  }
  test::shared<arena> all;
  checker judge;
  timeline log{*all, 2, {true}, judge};
};

TEST_F(Timeline, ShowsGrantsInTheOrderOfTime) {
  write(0, phase::left, 20, 2);
  write(1, phase::left, 10, 1);
  write(0, phase::left, 30, 3);
  log.collect();
  EXPECT_EQ(judge.found().grants, 3U);
  EXPECT_EQ(judge.found().inversions, 0U);
}

TEST_F(Timeline, WaitsForWhatMayComeBefore) {
  entry& early = write(1, phase::granted, 10, 1);
  write(0, phase::left, 20, 2);
  for (const phase each : {phase::granted, phase::inside, phase::leaving}) {
    early.step(each);
    log.collect();
    EXPECT_EQ(judge.found().grants, 0U);
  }
  early.step(phase::left);
  log.collect();
  EXPECT_EQ(judge.found().grants, 2U);
  EXPECT_EQ(judge.found().inversions, 0U);
  EXPECT_EQ(all->tracks[1].taken, 1U);
}

TEST_F(Timeline, CompletesWhatADeadWorkerLeft) {
  write(0, phase::inside, 10, 1);
  write(0, phase::asking, 11, 0);
  log.bury(0, 12);
  EXPECT_EQ(log.counted().killed_inside, 1U);
  EXPECT_EQ(log.counted().killed_asking, 1U);
  EXPECT_EQ(all->tracks[0].taken, 2U);
  write(0, phase::left, 20, 2);  // its successor
  log.collect();
  EXPECT_EQ(judge.found().grants, 2U);
  EXPECT_EQ(judge.found().overlaps, 0U);
  EXPECT_EQ(judge.found().secrets + judge.found().unjudged_deaths, 1U);
}

TEST_F(Timeline, GoesRoundItsRing) {
  for (std::uint64_t n = 1; n <= 3 * track::capacity; ++n) {
    write(0, n % 5 == 0 ? phase::refused : phase::left, 10 * n, n);
    if (n % 100 == 0) log.collect();
  }
  log.collect();
  EXPECT_EQ(judge.found().grants + log.counted().refused, 3 * track::capacity);
  EXPECT_EQ(judge.found().inversions, 0U);
}

}  // namespace
}  // namespace inturn::storm
