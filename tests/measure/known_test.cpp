#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>

#include "measure/catalogue.hpp"
#include "measure/run.hpp"

// What is known of the locks of Linux, and promised of ours, comes out.

namespace inturn::test {
namespace {

/// What the figures are the same for on every machine: order, ownership, starvation. Measured once.
const outcome_of_run& all() {
  static const outcome_of_run run = run_laboratory(
      {"queue", "barge", "starve", "convert", "close", "inherit", "mandatory", "death", "deadlock"},
      measure::catalogue());
  return run;
}
const measure::results& found() { return all().found.found; }

/// Where all cores are busy, the one that is woken may run at once each time, before the holder comes
/// back: so a look that saw no barging is followed by others.
double most_barging_of(const std::string& mechanism) {
  constexpr int most_looks = 20;
  double most = figure(found(), "barge", mechanism, "reacquisitions_max");
  for (int looks = 1; most == 0 && looks < most_looks; ++looks)
    most = figure(run_laboratory({"barge"}, measure::catalogue(), {mechanism}).found.found, "barge",
                  mechanism, "reacquisitions_max");
  return most;
}

TEST(Known, KernelLocksAreGrantedInTheOrderOfTheQueue) {
  for (const char* kernel : {"flock", "posix", "lockf", "ofd"}) {
    EXPECT_EQ(figure(found(), "queue", kernel, "inverted_pairs"), 0) << kernel;
    EXPECT_EQ(figure(found(), "queue", kernel, "pairs"), 280) << kernel;
    EXPECT_GT(most_barging_of(kernel), 0) << kernel;
  }
}

TEST(Known, ReadersStarveTheWriterOfKernelLocks) {
  for (const char* kernel : {"flock", "posix", "ofd"}) {
    EXPECT_TRUE(answer(found(), "starve", kernel, "capped")) << kernel;
    EXPECT_GE(figure(found(), "starve", kernel, "writer_wait"), 1) << kernel;
  }
}

TEST(Known, OneOpenFileDescriptionExcludesNobody) {
  for (const char* shared : {"ofd-shared", "flock-shared"})
    EXPECT_GT(figure(found(), "queue", shared, "overlaps"), 0) << shared;
  for (const char* own : {"ofd", "flock", "posix"})
    EXPECT_EQ(figure(found(), "queue", own, "overlaps"), 0) << own;
  EXPECT_TRUE(all().found.breaches.empty()) << "these are not supposed to exclude";
}

TEST(Known, PosixLocksAreLostOnClose) {
  for (const char* posix : {"posix", "lockf"}) {
    EXPECT_TRUE(answer(found(), "close", posix, "lost")) << posix;
    EXPECT_TRUE(answer(found(), "close", posix, "lost_by_other_name")) << posix;
    EXPECT_TRUE(answer(found(), "inherit", posix, "dup_close_releases")) << posix;
  }
  for (const char* other : {"flock", "ofd", "inturn", "turnstile"})
    EXPECT_FALSE(answer(found(), "close", other, "lost")) << other;
}

TEST(Known, WhoOwnsWhatAfterForkAndExec) {
  for (const char* described : {"flock", "ofd", "turnstile"}) {
    EXPECT_TRUE(answer(found(), "inherit", described, "child_holds_after_fork")) << described;
    EXPECT_TRUE(answer(found(), "inherit", described, "child_can_release")) << described;
    EXPECT_TRUE(answer(found(), "inherit", described, "passed_fd_owns")) << described;
    EXPECT_TRUE(answer(found(), "inherit", described, "survives_exec")) << described;
  }
  EXPECT_FALSE(answer(found(), "inherit", "posix", "child_holds_after_fork"));
  EXPECT_TRUE(answer(found(), "inherit", "posix", "survives_exec"));
}

TEST(Known, FlockConvertsWithAGap) {
  EXPECT_GT(sum_of(found(), "convert", "flock", "gaps"), 0);
  EXPECT_EQ(sum_of(found(), "convert", "ofd", "gaps"), 0);
}

TEST(Known, DeathAndDeadlock) {
  for (const char* robust : {"flock", "posix", "ofd", "robust-mutex", "inturn", "turnstile"})
    EXPECT_LT(figure(found(), "death", robust, "holder_death_to_grant_p50"), 1e9) << robust;
  for (const char* not_robust : {"semaphore", "futex", "mkdir"})
    EXPECT_GE(figure(found(), "death", not_robust, "holder_death_to_grant_p50"), 1e9) << not_robust;
  EXPECT_TRUE(answer(found(), "death", "futex", "waiter_death_blocks"));
  EXPECT_TRUE(answer(found(), "deadlock", "posix", "detected"));
  EXPECT_FALSE(answer(found(), "deadlock", "flock", "detected"));
}

TEST(Known, NothingIsWrongWithInturn) {
  for (const char* count : {"inverted_pairs", "mixed_inverted_pairs", "overlaps"})
    EXPECT_EQ(figure(found(), "queue", "inturn", count), 0) << count;
  EXPECT_EQ(figure(found(), "barge", "inturn", "reacquisitions_max"), 0);
  EXPECT_FALSE(answer(found(), "starve", "inturn", "capped"));
  for (const char* harm : {"child_can_release", "dup_close_releases"})
    EXPECT_FALSE(answer(found(), "inherit", "inturn", harm)) << harm;
  EXPECT_FALSE(answer(found(), "death", "inturn", "waiter_death_blocks"));
  EXPECT_TRUE(answer(found(), "deadlock", "inturn", "detected"));
  EXPECT_EQ(figure(found(), "barge", "turnstile", "reacquisitions_max"), 0);
  EXPECT_FALSE(answer(found(), "starve", "turnstile", "capped"));
}

TEST(Known, EachMechanismHasARowForEachMetric) {
  for (const measure::mechanism& m : measure::catalogue())
    for (const char* metric : {"inverted_pairs", "pairs", "mixed_inverted_pairs", "overlaps"})
      EXPECT_FALSE(rows_of(found(), "queue", std::string(m.name), metric).empty())
          << m.name << " " << metric;
}

TEST(Known, NoFileAndNoProcessIsLeft) {
  EXPECT_EQ(all().left_behind, std::vector<std::string>{});
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace inturn::test
