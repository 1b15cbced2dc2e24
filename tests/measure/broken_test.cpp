#include "measure/broken.hpp"

#include <gtest/gtest.h>

#include "measure/run.hpp"

// A laboratory that finds nothing wrong with these is no laboratory.

namespace inturn::test {
namespace {

outcome_of_run run(const std::string& experiment) { return run_laboratory({experiment}, broken); }

std::vector<std::string> breaches(const measure::report& r, const std::string& experiment) {
  std::vector<std::string> who;
  for (const measure::breach& each : r.breaches)
    if (each.experiment == experiment) who.push_back(each.mechanism);
  return who;
}

using who = std::vector<std::string>;

TEST(Broken, FirstLookSeesThatItDoesNotExclude) {
  const auto r = run("mandatory").found;
  EXPECT_EQ(breaches(r, "exclusion"), who{"no-lock"});
}

TEST(Broken, Queue) {
  const auto r = run("queue").found;
  EXPECT_GT(figure(r.found, "queue", "no-lock", "overlaps"), 0);
  EXPECT_EQ(breaches(r, "queue"), who{"no-lock"});
  EXPECT_NE(reason(r.found, "queue", "no-lock", "inverted_pairs"), "");
  EXPECT_GT(figure(r.found, "queue", "random", "inverted_pairs"), 0);
  EXPECT_EQ(figure(r.found, "queue", "random", "pairs"), 280);
  EXPECT_GT(figure(r.found, "queue", "random", "mixed_inverted_pairs"), 0);
  EXPECT_EQ(figure(r.found, "queue", "random", "overlaps"), 0);
}

TEST(Broken, Barge) {
  const auto r = run("barge").found;
  EXPECT_EQ(breaches(r, "barge"), who{"no-lock"});
  EXPECT_GT(figure(r.found, "barge", "random", "reacquisitions_mean"), 0);
  EXPECT_GE(figure(r.found, "barge", "random", "reacquisitions_max"),
            figure(r.found, "barge", "random", "reacquisitions_mean"));
}

TEST(Broken, Starve) {
  const auto r = run("starve").found;
  EXPECT_EQ(breaches(r, "starve"), who{"no-lock"});
  EXPECT_TRUE(answer(r.found, "starve", "random", "capped"));
  EXPECT_GE(figure(r.found, "starve", "random", "writer_wait"), 1);
}

TEST(Broken, Convert) {
  const auto r = run("convert").found;
  EXPECT_EQ(sum_of(r.found, "convert", "no-lock", "gaps"), 40);
  EXPECT_GT(sum_of(r.found, "convert", "random", "gaps"), 0);
}

TEST(Broken, CloseAndInherit) {
  const auto r = run_laboratory({"close", "inherit"}, broken).found;
  EXPECT_TRUE(answer(r.found, "close", "no-lock", "lost"));
  EXPECT_TRUE(answer(r.found, "inherit", "no-lock", "child_can_release"));
  EXPECT_TRUE(answer(r.found, "inherit", "no-lock", "dup_close_releases"));
  EXPECT_FALSE(answer(r.found, "close", "random", "lost"));
  EXPECT_TRUE(answer(r.found, "inherit", "random", "child_can_release"));
  EXPECT_FALSE(answer(r.found, "inherit", "random", "dup_close_releases"));
}

TEST(Broken, Death) {
  const auto r = run("death").found;
  EXPECT_NE(reason(r.found, "death", "no-lock", "holder_death_to_grant_p50").find("failed"),
            std::string::npos);
  EXPECT_GE(figure(r.found, "death", "random", "holder_death_to_grant_p50"), 1e9);
}

TEST(Broken, Deadlock) {
  const auto r = run("deadlock").found;
  EXPECT_NE(reason(r.found, "deadlock", "no-lock", "detected").find("failed"), std::string::npos);
  EXPECT_FALSE(answer(r.found, "deadlock", "random", "detected"));
}

TEST(Broken, Contention) {
  const auto r = run("contention").found;
  EXPECT_EQ(breaches(r, "contention"), who{"no-lock"});
  EXPECT_EQ(sum_of(r.found, "contention", "random", "overlaps"), 0);
  EXPECT_GT(most_of(r.found, "contention", "random", "max_in_a_row"), 1);
}

TEST(Broken, MissingIsSaid) {
  const auto r = run("queue").found;
  ASSERT_EQ(r.mechanisms.size(), 3U);
  EXPECT_NE(r.mechanisms[2].missing.find("no such lock here"), std::string::npos);
  EXPECT_NE(reason(r.found, "queue", "missing", "inverted_pairs").find("missing: "),
            std::string::npos);
}

TEST(Broken, NothingIsLeftBehind) { EXPECT_EQ(run("queue").left_behind, who{}); }

}  // namespace
}  // namespace inturn::test
