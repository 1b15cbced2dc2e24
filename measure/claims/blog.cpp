#include <fmt/format.h>

#include "measure/claims/all.hpp"
#include "measure/claims/figures.hpp"

namespace inturn::measure {
namespace {

std::optional<finding> not_fifo(const results& r) {
  const auto inverted = figure(r, "queue", "ofd", "inverted_pairs");
  const auto pairs = figure(r, "queue", "ofd", "pairs");
  const auto passed = figure(r, "barge", "ofd", "reacquisitions_mean");
  if (!inverted || !pairs || !passed) return {};
  if (*inverted > 0)
    return finding{
        *inverted, judgement::holds,
        fmt::format("{:.0f} of {:.0f} pairs of waiters were granted the other way round.",
                    *inverted, *pairs)};
  if (*passed < 1)
    return finding{
        *passed, judgement::does_not_hold,
        fmt::format("None of {:.0f} pairs of waiters was granted the other way round, and a "
                    "sleeping waiter was passed {:.1f} times on average.",
                    *pairs, *passed)};
  return finding{
      *passed, judgement::in_part,
      fmt::format("The queue is FIFO (none of {:.0f} pairs of waiters was granted the other "
                  "way round), the door is not: a holder that comes back passes a sleeping "
                  "waiter {:.0f} times on average.",
                  *pairs, *passed)};
}

}  // namespace

std::vector<claim> blog_claims() {
  return {{"blog-not-fifo", "blog", "File locks on Linux are not FIFO.", "barge", not_fifo}};
}

}  // namespace inturn::measure
