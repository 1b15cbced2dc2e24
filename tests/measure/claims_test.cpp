#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "measure/claim.hpp"
#include "measure/experiments/all.hpp"

// Verdicts follow the figures: with other figures they are other verdicts.

namespace inturn::measure {
namespace {

void put(results& r, const char* experiment, const char* mechanism, const char* metric,
         measured value) {
  row& fresh = r.rows.emplace_back();
  fresh.experiment = experiment;
  fresh.mechanism = mechanism;
  fresh.metric = metric;
  fresh.value = value;
}

/// All figures that any claim asks for, as they are when `harm` is done everywhere, or nowhere.
results all_figures(bool harm) {
  results r;
  const double much = harm ? 9 : 0;
  for (const char* who : {"flock", "posix", "lockf", "ofd", "ofd-shared"}) {
    put(r, "queue", who, "inverted_pairs", much);
    put(r, "queue", who, "pairs", 280.0);
    put(r, "queue", who, "mixed_inverted_pairs", much);
    put(r, "queue", who, "mixed_pairs", 220.0);
    put(r, "queue", who, "overlaps", much);
    put(r, "barge", who, "reacquisitions_mean", much);
    put(r, "starve", who, "writer_wait", harm ? 5.0 : 0.02);
    put(r, "starve", who, "capped", harm);
    put(r, "convert", who, "gaps", much);
    put(r, "convert", who, "attempts", 20.0);
    for (const char* metric : {"lost", "lost_by_other_name", "seen_by_fcntl"})
      put(r, "close", who, metric, harm);
    for (const char* metric : {"child_holds_after_fork", "child_can_release", "dup_close_releases",
                               "survives_exec", "passed_fd_owns"})
      put(r, "inherit", who, metric, harm);
    put(r, "mandatory", who, "write_refused", harm);
  }
  return r;
}

judgement verdict_of(const std::vector<verdict>& all, std::string_view id) {
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const verdict& v) { return v.about->id == id; });
  EXPECT_NE(it, all.end()) << id;
  return it->found.verdict;
}

TEST(Claims, EachNamesAnExperimentThatThereIs) {
  std::set<std::string_view> ids;
  EXPECT_GE(claims().size(), 14U);
  for (const claim& each : claims()) {
    EXPECT_TRUE(ids.insert(each.id).second) << each.id << " is there twice";
    EXPECT_TRUE(each.source == "blog" || each.source == "book") << each.id;
    EXPECT_TRUE(std::any_of(experiments().begin(), experiments().end(),
                            [&](const experiment& e) { return e.name == each.experiment; }))
        << each.id << " asks " << each.experiment;
  }
}

TEST(Claims, WithoutFiguresNothingIsSaid) {
  EXPECT_TRUE(judge_all({}).empty());
  results other;
  put(other, "cost", "flock", "pair_exclusive", 400.0);
  EXPECT_TRUE(judge_all(other).empty());
}

TEST(Claims, EachIsJudgedByTheFigures) {
  const auto bad = judge_all(all_figures(true));
  const auto good = judge_all(all_figures(false));
  EXPECT_EQ(bad.size(), claims().size());
  EXPECT_EQ(good.size(), claims().size());
  for (const claim& each : claims())
    if (each.id != "book-flock-description") {  // see below
      EXPECT_NE(verdict_of(bad, each.id), verdict_of(good, each.id)) << each.id;
    }
  for (const verdict& each : bad) {
    EXPECT_TRUE(each.found.why.ends_with('.')) << each.about->id;
    EXPECT_FALSE(std::holds_alternative<std::monostate>(each.found.value)) << each.about->id;
  }
}

TEST(Claims, TheDoorAndTheQueueAreTwoThings) {
  results r = all_figures(false);
  for (row& each : r.rows)
    if (each.metric == "reacquisitions_mean") each.value = 254.0;
  const auto judged = judge_all(r);
  EXPECT_EQ(verdict_of(judged, "blog-not-fifo"), judgement::in_part);
  EXPECT_EQ(verdict_of(judged, "blog-source-says-fifo"), judgement::in_part);
  EXPECT_EQ(verdict_of(judged, "book-order"), judgement::does_not_hold);
  for (const verdict& each : judged)
    if (each.about->id == "blog-not-fifo") {
      EXPECT_NE(each.found.why.find("254"), std::string::npos) << each.found.why;
    }
}

TEST(Claims, TheDescriptionOwnsFlock) {
  results r = all_figures(true);
  for (row& each : r.rows)
    if (each.metric == "dup_close_releases") each.value = false;
  EXPECT_EQ(verdict_of(judge_all(r), "book-flock-description"), judgement::holds);
  EXPECT_EQ(verdict_of(judge_all(all_figures(true)), "book-flock-description"), judgement::in_part);
}

}  // namespace
}  // namespace inturn::measure
