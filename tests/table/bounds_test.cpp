#include <gtest/gtest.h>

#include "table/calm_world.hpp"

// Every loop ends, whatever somebody else writes into the table meanwhile.

namespace inturn::table {
namespace {

constexpr extent all{};
constexpr slot_id mine{0, 0}, other{1, 0};

word queued(ticket t) { return make_word(state::queued, mode::exclusive, t); }
word held(ticket t) { return make_word(state::held, mode::exclusive, t); }

/// Somebody meddles before each compare-and-swap of ours, and we lose patience after so many questions.
struct meddled_world : test::calm_world {
  using calm_world::calm_world;

  bool cas(std::atomic<std::uint64_t>& a, std::uint64_t from, std::uint64_t to) {
    ++swaps;
    if (meddle) meddle(*this, a);
    return calm_world::cas(a, from, to);
  }
  bool cas(std::atomic<std::uint32_t>& a, std::uint32_t from, std::uint32_t to) {
    return calm_world::cas(a, from, to);
  }
  bool over() { return ends && patience-- == 0; }
  bool weary() { return tires && patience-- == 0; }

  void (*meddle)(meddled_world&, std::atomic<std::uint64_t>&) = nullptr;
  int patience = 100;
  bool ends = true, tires = true;
  int swaps = 0;
};
static_assert(world<meddled_world>);

void wipe_it(meddled_world&, std::atomic<std::uint64_t>& a) { a = free_word; }
void wipe_if_queued(meddled_world&, std::atomic<std::uint64_t>& a) {
  if (state_of(a) == state::queued) a = free_word;
}

TEST(Bounds, WhoIsWipedEachTimeGivesUpWhenItsTimeIsOver) {
  meddled_world w(2);
  w.meddle = wipe_it;
  placed request{{mode::exclusive, all, 0}, 0};
  EXPECT_EQ(enter(w, mine, request), ending::timed_out);
  EXPECT_EQ(w.word_at(mine), free_word);
  EXPECT_EQ(w.swaps, 101);
}

TEST(Bounds, WhoseWordIsTakenAwayEachTimeGivesUpWhenItsTimeIsOver) {
  meddled_world w(2);
  w.meddle = wipe_if_queued;
  grant got;
  EXPECT_EQ(acquire(w, mine, {}, got), ending::timed_out);
  EXPECT_EQ(w.word_at(mine), free_word);
  w.patience = 100;
  EXPECT_EQ(try_acquire(w, mine, {}, got), ending::busy);
  EXPECT_EQ(w.word_at(mine), free_word);
}

TEST(Bounds, ATryGivesUpClearingWhatAlwaysComesAgain) {
  meddled_world w(2);
  w.kill(other.lane);
  w.ends = false;
  w.table().shared->next_ticket = 1000;
  // It is not there when the try asks whether it is worth while, and another one each time from then on.
  w.meddle = [](meddled_world& world, std::atomic<std::uint64_t>&) {
    world.table().word_of(other) = queued(static_cast<ticket>(world.swaps));
  };
  grant got;
  EXPECT_EQ(try_acquire(w, mine, {}, got), ending::busy);
  EXPECT_EQ(w.word_at(mine), free_word);
}

TEST(Bounds, ClearingStopsForALookAtTheTime) {
  meddled_world w(20);
  for (std::uint32_t lane = 1; lane < 20; ++lane) {
    w.put({lane, 0}, held(1), all);
    w.kill(lane);
  }
  const placed request{{mode::exclusive, all, 0}, 100};
  w.patience = 5;
  EXPECT_TRUE(bury_in_my_way(w, mine, request, {}));
  EXPECT_EQ(w.word_at({2, 0}), make_word(state::died, mode::exclusive, 1));
  EXPECT_EQ(w.word_at({19, 0}), held(1)) << "later";
}

TEST(Bounds, WakingStopsWhenThereIsNoEndOfSleepers) {
  meddled_world w(20);
  const auto fill = [](meddled_world& world) {
    static ticket next = 1;
    for (std::uint32_t lane = 0; lane < 20; ++lane)
      for (std::uint32_t i = 0; i < slots_per_lane; ++i)
        world.put({lane, i}, queued(++next), all, 1);
  };
  struct endless_world : meddled_world {
    using meddled_world::meddled_world;
    bool wake(std::atomic<std::uint32_t>&) {
      if (refill) refill(*this);
      return false;
    }
    void (*refill)(meddled_world&) = nullptr;
  } endless(20);
  static_assert(world<endless_world>);
  endless.refill = fill;
  fill(endless);
  endless.table().shared->parked_upto = max_ticket;
  after_leaving(endless, {}, 1);
  EXPECT_LT(endless.patience, 0);
}

TEST(Bounds, SleepersAreAnnouncedAFiniteNumberOfTimes) {
  meddled_world w(2);
  w.meddle = [](meddled_world&, std::atomic<std::uint64_t>& a) {
    a = a.load() + 1;  // and never as far as it has to be
  };
  announce_sleeper(w, max_ticket);
  EXPECT_LT(w.table().shared->parked_upto, max_ticket);
}

TEST(Bounds, LanesFullOfNonsenseAreUsedAgain) {
  meddled_world w(2);
  constexpr extent backwards{9, 3};
  const word free_but_not_empty = make_word(state::free, mode::exclusive, 7);
  const word nowhere = make_word(state::died, mode::exclusive, 4);
  const word unknown = make_word(static_cast<state>(7), static_cast<mode>(3), 4) | told_bit;
  for (const bool claimed : {false, true}) {
    w.put({1, 0}, free_but_not_empty, all);
    w.put({1, 1}, nowhere, backwards);
    w.put({1, 2}, unknown, all);
    w.put({1, 3}, nowhere, all);  // this may be honest
    w.kill(1);
    bury_lane(w, 1, claimed);
    for (const std::uint32_t i : {0U, 1U, 2U}) EXPECT_EQ(w.word_at({1, i}), free_word) << i;
    EXPECT_EQ(w.word_at({1, 3}), nowhere);
  }
}

/// Each waits for the next one's agent: as long a way as there can be.
picture long_way(std::size_t requests) {
  picture chain;
  for (std::uint32_t n = 0; n < requests; ++n) {
    const std::uint64_t place = n / 2;
    const word v = n % 2 == 0 ? queued(requests - n) : held(requests - n);
    chain.push_back({{{n, 0}, v}, {place, place}, n % 2 == 0 ? place + 1 : place + 2});
  }
  return chain;
}

TEST(Bounds, ALongWayToADeadlockIsGoneToItsEnd) {
  const picture chain = long_way(2000);
  EXPECT_EQ(find_cycle(chain, 0, chain.back().agent).size(), chain.size());
}

TEST(Bounds, ATooLongOneIsNot) {
  const picture chain = long_way(100'000);
  EXPECT_TRUE(find_cycle(chain, 0, chain.back().agent).empty());
}

}  // namespace
}  // namespace inturn::table
