#include <gtest/gtest.h>

#include "measure/catalogue.hpp"
#include "measure/run.hpp"

// Figures of time cannot be known, but what they have to be beside each other can.

namespace inturn::test {
namespace {

TEST(Figures, CostRisesWithWhatIsDone) {
  const auto r =
      run_laboratory({"cost"}, measure::catalogue(), {"flock", "mkdir", "futex", "rwlock"})
          .found.found;
  const double futex = figure(r, "cost", "futex", "pair_exclusive");
  const double flock = figure(r, "cost", "flock", "pair_exclusive");
  const double mkdir = figure(r, "cost", "mkdir", "pair_exclusive");
  EXPECT_GT(futex, 0.5);
  EXPECT_GT(flock, 3 * futex) << "two system calls, and two instructions";
  EXPECT_GT(mkdir, 3 * flock) << "what is written to a disk, and what is not";
  EXPECT_GT(figure(r, "cost", "rwlock", "pair_shared"), 0.5);
  // Where others use the CPUs, or there is only one, two readers may never run at once; then it says so.
  if (reason(r, "cost", "rwlock", "pair_shared_parallel").empty()) {
    EXPECT_GT(figure(r, "cost", "rwlock", "pair_shared_parallel"), 0.5);
  }
  for (const measure::row& each : rows_of(r, "cost", "flock", "pair_exclusive")) {
    ASSERT_TRUE(each.rounds);
    EXPECT_GE(each.rounds->rounds, 7U);
    EXPECT_LE(each.rounds->low, each.rounds->middle);
    EXPECT_LE(each.rounds->middle, each.rounds->high);
  }
  EXPECT_NE(reason(r, "cost", "futex", "pair_shared"), "");
}

TEST(Figures, RangesCostWhatTheKernelsListCosts) {
  const auto r =
      run_laboratory({"ranges"}, measure::catalogue(), {"ofd", "inturn", "flock"}).found.found;
  const auto pairs = [&](const char* who) {
    std::vector<double> by_level;
    for (const measure::row& each : rows_of(r, "ranges", who, "pair"))
      if (const double* ns = std::get_if<double>(&each.value)) by_level.push_back(*ns);
    return by_level;
  };
  ASSERT_GE(pairs("ofd").size(), 3U);
  EXPECT_GT(pairs("ofd")[2], 5 * pairs("ofd")[0])
      << "10,000 are in the list that is looked through";
  EXPECT_GE(pairs("inturn").size(), 3U);
  EXPECT_NE(reason(r, "ranges", "flock", "pair"), "");
  EXPECT_EQ(rows_of(r, "ranges", "ofd", "pair").size(), 4U) << "each level has its row";
}

TEST(Figures, ContentionCountsWhatWasGranted) {
  const auto all =
      run_laboratory({"contention"}, measure::catalogue(), {"flock", "inturn", "ofd-shared"});
  const auto& r = all.found.found;
  EXPECT_TRUE(all.found.breaches.empty());
  for (const char* who : {"flock", "inturn"}) {
    EXPECT_EQ(rows_of(r, "contention", who, "grants_per_second").size(), 12U) << who;
    EXPECT_EQ(sum_of(r, "contention", who, "overlaps"), 0) << who;
    for (const measure::row& each : rows_of(r, "contention", who, "grants_per_second"))
      EXPECT_GT(std::get<double>(each.value), 0);
    for (const measure::row& each : rows_of(r, "contention", who, "jain")) {
      EXPECT_LE(std::get<double>(each.value), 1.0000001);
      EXPECT_GT(std::get<double>(each.value), 1.0 / 33);
    }
  }
  // With a section of 10 us there is not room for more in a second.
  for (const measure::row& each : rows_of(r, "contention", "inturn", "grants_per_second"))
    for (const measure::parameter& p : each.parameters)
      if (p.name == "section_us" && std::get<double>(p.value) == 10) {
        EXPECT_LT(std::get<double>(each.value), 110'000);
      }
  EXPECT_EQ(most_of(r, "contention", "inturn", "max_in_a_row"), 1) << "nobody asleep is passed";
  EXPECT_GT(most_of(r, "contention", "flock", "max_in_a_row"), 1);
  ASSERT_EQ(r.distributions.size(), 24U);
  for (const measure::waits& each : r.distributions) {
    ASSERT_EQ(each.quantiles.size(), 5U);
    for (std::size_t i = 1; i < 5; ++i)
      EXPECT_LE(each.quantiles[i - 1].second, each.quantiles[i].second);
  }
}

}  // namespace
}  // namespace inturn::test
