#include <fmt/format.h>

#include "measure/claims/all.hpp"
#include "measure/claims/figures.hpp"

namespace inturn::measure {
namespace {

std::optional<finding> not_atomic(const results& r) {
  const auto own = figure(r, "queue", "ofd", "overlaps");
  const auto common = figure(r, "queue", "ofd-shared", "overlaps");
  if (!own || !common) return {};
  if (*own > 0)
    return finding{
        *own, judgement::holds,
        fmt::format("Two were inside at once {:.0f} times, each of whom held a lock of its own.",
                    *own)};
  return finding{
      *own, judgement::does_not_hold,
      fmt::format("With an open file description each, two were never inside at once; on the "
                  "one description that the blog's two sides share, which is what owns the "
                  "lock, they were {:.0f} times.",
                  *common)};
}

struct order {
  double inverted, pairs, passed;
  double mixed_inverted, mixed_pairs;
};

std::optional<order> order_of(const results& r, std::string_view mechanism) {
  const auto inverted = figure(r, "queue", mechanism, "inverted_pairs");
  const auto pairs = figure(r, "queue", mechanism, "pairs");
  const auto mixed_inverted = figure(r, "queue", mechanism, "mixed_inverted_pairs");
  const auto mixed_pairs = figure(r, "queue", mechanism, "mixed_pairs");
  const auto passed = figure(r, "barge", mechanism, "reacquisitions_mean");
  if (!inverted || !pairs || !passed || !mixed_inverted || !mixed_pairs) return {};
  return order{*inverted, *pairs, *passed, *mixed_inverted, *mixed_pairs};
}

bool is_fair(const order& o) { return o.passed < 1 && o.mixed_inverted == 0; }

std::string figures_of(const order& o) {
  return fmt::format(
      "{:.0f} of {:.0f} pairs of waiting writers were granted the other way round, {:.0f} of "
      "{:.0f} where "
      "readers were among them, and a holder that came back passed a sleeping waiter {:.1f} times "
      "on "
      "average",
      o.inverted, o.pairs, o.mixed_inverted, o.mixed_pairs, o.passed);
}

std::optional<finding> not_fifo(const results& r) {
  const auto o = order_of(r, "ofd");
  if (!o) return {};
  if (o->inverted > 0) return finding{o->inverted, judgement::holds, figures_of(*o) + "."};
  if (is_fair(*o)) return finding{o->passed, judgement::does_not_hold, figures_of(*o) + "."};
  return finding{o->passed, judgement::in_part,
                 figures_of(*o) + ": the writers' queue is FIFO, its door is not."};
}

std::optional<finding> source_says_fifo(const results& r) {
  const auto o = order_of(r, "posix");
  if (!o) return {};
  if (o->inverted > 0) return finding{o->inverted, judgement::does_not_hold, figures_of(*o) + "."};
  if (is_fair(*o)) return finding{o->passed, judgement::holds, figures_of(*o) + "."};
  return finding{o->passed, judgement::in_part,
                 figures_of(*o) + ": it is so for writers once they are in the queue."};
}

std::optional<finding> no_upgrade(const results& r) {
  const auto gaps = figure(r, "convert", "flock", "gaps");
  const auto attempts = figure(r, "convert", "flock", "attempts");
  if (!gaps || !attempts) return {};
  const auto ofd = figure(r, "convert", "ofd", "gaps");
  return finding{
      *gaps, *gaps > 0 ? judgement::holds : judgement::does_not_hold,
      fmt::format("In {:.0f} of {:.0f} conversions beside another reader a waiting writer got "
                  "in between{}.",
                  *gaps, *attempts, ofd ? fmt::format("; with OFD locks in {:.0f}", *ofd) : "")};
}

std::optional<finding> lockf_is_fcntl(const results& r) {
  const auto seen = answer(r, "close", "lockf", "seen_by_fcntl");
  const auto lost = answer(r, "close", "lockf", "lost");
  if (!seen || !lost) return {};
  const char* const shows = *seen ? "shows" : "does not show";
  const char* const does = *lost ? "is" : "is not";
  return finding{
      *seen, *seen ? judgement::holds : judgement::does_not_hold,
      fmt::format("fcntl's F_GETLK {} the lock with its owner's pid, and it {} lost when another "
                  "descriptor of the file is closed.",
                  shows, does)};
}

}  // namespace

std::vector<claim> blog_claims() {
  return {
      {"blog-not-atomic", "blog", "File locking on Linux is not atomic.", "queue", not_atomic},
      {"blog-not-fifo", "blog", "File locking on Linux is not FIFO.", "barge", not_fifo},
      {"blog-no-upgrade", "blog",
       "flock is useless for upgrading: the shared lock is dropped before the exclusive one is "
       "had.",
       "convert", no_upgrade},
      {"blog-lockf", "blog", "lockf is fcntl underneath.", "close", lockf_is_fcntl},
      {"blog-source-says-fifo", "blog", "The kernel's source says that file locks are FIFO.",
       "queue", source_says_fifo},
  };
}

}  // namespace inturn::measure
