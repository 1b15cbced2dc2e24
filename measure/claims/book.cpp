#include <fmt/format.h>

#include "measure/claims/all.hpp"
#include "measure/claims/figures.hpp"

namespace inturn::measure {
namespace {

/// A claim that one yes or no of the run decides.
std::optional<finding> decide(const std::optional<bool>& found, bool claimed, const char* if_yes,
                              const char* if_no) {
  if (!found) return {};
  return finding{*found, *found == claimed ? judgement::holds : judgement::does_not_hold,
                 *found ? if_yes : if_no};
}

std::optional<finding> close_releases(const results& r) {
  return decide(answer(r, "close", "posix", "lost"), true,
                "The holder opened the file once more and closed that descriptor: another process "
                "got the lock.",
                "The holder opened the file once more and closed that descriptor: another process "
                "still waited.");
}

std::optional<finding> tied_to_inode(const results& r) {
  return decide(
      answer(r, "close", "posix", "lost_by_other_name"), true,
      "The holder opened and closed the file by another name: another process got the lock.",
      "The holder opened and closed the file by another name: another process still waited.");
}

std::optional<finding> not_inherited(const results& r) {
  return decide(answer(r, "inherit", "posix", "child_holds_after_fork"), false,
                "The holder died and left a child: the lock was still held.",
                "The holder died and left a child: another process got the lock.");
}

std::optional<finding> kept_over_exec(const results& r) {
  return decide(answer(r, "inherit", "posix", "survives_exec"), true,
                "The holder executed another program: another process still waited.",
                "The holder executed another program: another process got the lock.");
}

std::optional<finding> tied_to_description(const results& r) {
  const auto child = answer(r, "inherit", "flock", "child_can_release");
  const auto passed = answer(r, "inherit", "flock", "passed_fd_owns");
  const auto copy = answer(r, "inherit", "flock", "dup_close_releases");
  if (!child || !passed || !copy) return {};
  const int as_claimed = (*child ? 1 : 0) + (*passed ? 1 : 0) + (*copy ? 0 : 1);
  constexpr judgement by_count[] = {judgement::does_not_hold, judgement::in_part,
                                    judgement::in_part, judgement::holds};
  return finding{
      as_claimed == 3, by_count[as_claimed],
      fmt::format("A forked child {} release it, who was passed the descriptor {} when the "
                  "holder had died, and closing a copy of the descriptor {} it.",
                  *child ? "could" : "could not", *passed ? "held" : "did not hold",
                  *copy ? "released" : "did not release")};
}

std::optional<finding> readers_starve(const results& r) {
  const auto capped = answer(r, "starve", "posix", "capped");
  const auto waited = figure(r, "starve", "posix", "writer_wait");
  if (!capped || !waited) return {};
  return finding{*waited, *capped ? judgement::holds : judgement::does_not_hold,
                 *capped
                     ? fmt::format("The writer had not been granted after {:.1f} s, when it was "
                                   "given up; the readers came and went.",
                                   *waited)
                     : fmt::format("The writer was granted after {:.3f} s.", *waited)};
}

std::optional<finding> order_indeterminate(const results& r) {
  const auto inverted = figure(r, "queue", "posix", "inverted_pairs");
  const auto pairs = figure(r, "queue", "posix", "pairs");
  if (!inverted || !pairs) return {};
  return finding{
      *inverted, *inverted > 0 ? judgement::holds : judgement::does_not_hold,
      fmt::format("{:.0f} of {:.0f} pairs of queued writers were granted in another order than "
                  "that in which they queued.",
                  *inverted, *pairs)};
}

std::optional<finding> no_priority(const results& r) {
  const auto inverted = figure(r, "queue", "posix", "mixed_inverted_pairs");
  const auto pairs = figure(r, "queue", "posix", "mixed_pairs");
  const auto capped = answer(r, "starve", "posix", "capped");
  if (!inverted || !pairs || !capped) return {};
  const std::string queued = fmt::format(
      "Of readers and writers that queue in turn, {:.0f} of {:.0f} pairs were granted out of "
      "order",
      *inverted, *pairs);
  if (*inverted > 0 || *capped)
    return finding{
        *inverted, *inverted > 0 && *capped ? judgement::does_not_hold : judgement::in_part,
        queued + (*capped ? ", and while others read, a reader that comes is let in before "
                            "a writer that waits: in effect readers go first."
                          : ".")};
  return finding{*inverted, judgement::holds, queued + "."};
}

std::optional<finding> advisory(const results& r) {
  return decide(answer(r, "mandatory", "posix", "write_refused"), false,
                "A process that asked for no lock tried to write to the locked file: refused.",
                "A process that asked for no lock wrote to the locked file.");
}

}  // namespace

std::vector<claim> book_claims() {
  return {
      {"book-close", "book",
       "A process that closes any descriptor of a file loses its record locks on it (55.3.5).",
       "close", close_releases},
      {"book-inode", "book", "Record locks are tied to a process and an i-node (55.3.5).", "close",
       tied_to_inode},
      {"book-fork", "book", "Record locks are not inherited by a forked child (55.3.5).", "inherit",
       not_inherited},
      {"book-exec", "book", "Record locks are kept across exec (55.3.5).", "inherit",
       kept_over_exec},
      {"book-flock-description", "book",
       "flock locks are tied to the open file description (55.3.5).", "inherit",
       tied_to_description},
      {"book-readers-starve", "book",
       "A series of readers can starve a waiting writer for ever (55.3.6).", "starve",
       readers_starve},
      {"book-order", "book",
       "The order in which queued requests are granted is indeterminate (55.3.6).", "queue",
       order_indeterminate},
      {"book-no-priority", "book", "Neither readers nor writers have priority (55.3.6).", "queue",
       no_priority},
      {"book-advisory", "book", "Locks are advisory: who ignores them may write (55.4).",
       "mandatory", advisory},
  };
}

}  // namespace inturn::measure
