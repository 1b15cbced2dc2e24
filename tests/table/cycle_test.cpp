#include "table/cycle.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace inturn::table {
namespace {

pictured request_at(std::uint32_t n, state s, ticket t, std::uint64_t agent, extent where = {},
                    mode m = mode::exclusive) {
  return {{{n, 0}, make_word(s, m, t)}, where, agent};
}

constexpr extent A{0, 0}, B{1, 1}, AB{0, 1};

TEST(Cycle, OfOneAgentWithItself) {
  const picture all{request_at(0, state::held, 1, 7), request_at(1, state::queued, 2, 7)};
  EXPECT_EQ(find_cycle(all, 1, 7), (std::vector<std::size_t>{1, 0}));
}

TEST(Cycle, OfTwoAgents) {
  const picture all{request_at(0, state::held, 1, 7, A), request_at(1, state::held, 2, 8, B),
                    request_at(2, state::queued, 3, 7, B), request_at(3, state::queued, 4, 8, A)};
  EXPECT_EQ(find_cycle(all, 3, 8), (std::vector<std::size_t>{3, 0, 2, 1}));
}

TEST(Cycle, ThroughAPlaceInTheQueue) {
  const picture all{request_at(0, state::held, 1, 7, A, mode::shared),
                    request_at(1, state::queued, 2, 8, A),
                    request_at(2, state::queued, 3, 7, A, mode::shared)};
  EXPECT_EQ(find_cycle(all, 2, 7), (std::vector<std::size_t>{2, 1, 0}));
}

TEST(Cycle, IsNoneWhereNobodyWaitsForTheAgent) {
  const picture all{request_at(0, state::held, 1, 7, A), request_at(1, state::held, 2, 8, B),
                    request_at(2, state::queued, 3, 7, AB, mode::shared)};
  EXPECT_NE(find_cycle(all, 2, 7), std::vector<std::size_t>{});
  EXPECT_EQ(find_cycle(all, 2, 9), std::vector<std::size_t>{});
}

TEST(Cycle, IsNotClosedByHoldsOfNobody) {
  const picture all{request_at(0, state::held, 1, 0, A), request_at(1, state::queued, 2, 0, B),
                    request_at(2, state::held, 3, 7, B), request_at(3, state::queued, 4, 7, A)};
  EXPECT_TRUE(find_cycle(all, 3, 7).empty());
}

// Whom a request waits for, written down once more, as a person would.
bool waits_for(const pictured& a, const pictured& b) {
  const auto holds = [](const pictured& p) { return state_of(p.at.seen) == state::held; };
  const bool modes = mode_of(a.at.seen) == mode::exclusive || mode_of(b.at.seen) == mode::exclusive;
  const bool bytes = a.where.first <= b.where.last && b.where.first <= a.where.last;
  if (!holds(a)) return (holds(b) || ticket_of(b.at.seen) < ticket_of(a.at.seen)) && modes && bytes;
  return !holds(b) && a.agent != 0 && a.agent == b.agent;
}

bool exists_by_brute_force(const picture& all, std::size_t from, std::uint64_t agent) {
  std::vector<bool> tried(all.size(), false);
  const std::function<bool(std::size_t)> leads_home = [&](std::size_t at) {
    tried[at] = true;
    for (std::size_t next = 0; next < all.size(); ++next) {
      if (next == from || tried[next] || !waits_for(all[at], all[next])) continue;
      if (all[next].agent == agent || leads_home(next)) return true;
    }
    return false;
  };
  return leads_home(from);
}

TEST(Cycle, IsFoundExactlyWhenThereIsOne) {
  std::mt19937 random(20240607);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  int found = 0;
  for (int round = 0; round < 100'000; ++round) {
    picture all;
    for (std::uint32_t i = 0; i < 2 + below(7); ++i) {
      const unsigned first = below(4);
      const extent where{first, first + below(2)};
      all.push_back(request_at(i, below(2) != 0 ? state::held : state::queued, 1 + i, below(4),
                               where, below(3) == 0 ? mode::shared : mode::exclusive));
    }
    std::shuffle(all.begin(), all.end(), random);
    const std::size_t from = below(static_cast<unsigned>(all.size()));
    if (state_of(all[from].at.seen) != state::queued || all[from].agent == 0) continue;

    const auto cycle = find_cycle(all, from, all[from].agent);
    ASSERT_EQ(!cycle.empty(), exists_by_brute_force(all, from, all[from].agent)) << round;
    if (cycle.empty()) continue;
    ++found;
    ASSERT_EQ(cycle.front(), from);
    ASSERT_EQ(all[cycle.back()].agent, all[from].agent);
    for (std::size_t i = 0; i + 1 < cycle.size(); ++i)
      ASSERT_TRUE(waits_for(all[cycle[i]], all[cycle[i + 1]]));
  }
  EXPECT_GT(found, 1000);
}

}  // namespace
}  // namespace inturn::table
