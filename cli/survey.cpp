#include "cli/survey.hpp"

#include <algorithm>

#include "cli/kernel_parties.hpp"

// There is no moment at which all can be seen. Those who wait are listed first, then those who
// hold: one whose turn comes meanwhile is then in both lists, not in neither, and is taken out of
// the first. Of those who wait, the ones in the kernel come first: a front that is seen there is still
// in its queue, or has the lock by then.

namespace inturn::cli {
namespace {

struct moment {
  std::vector<requests> in_turn;  // for each target
  std::vector<kernel_lock> blocked;
};

moment look(const std::vector<target>& targets) {
  moment out;
  out.blocked = blocked_locks();
  for (const target& each : targets) out.in_turn.push_back(list_requests(each));
  return out;
}

processes find_holders(const std::vector<target>& targets) {
  std::set<file_id> files;
  for (const target& each : targets) files.insert(each.file);
  processes seen = find_descriptors(files);
  const auto is_torn = [&](file_id f) { return contradict(kernel_holders(seen, f)); };
  for (int again = 0; again < 3 && std::any_of(files.begin(), files.end(), is_torn); ++again)
    seen = find_descriptors(files);
  return seen;
}

bool is_now_held_by(const party& waiter, const std::vector<party>& holders) {
  return std::any_of(holders.begin(), holders.end(), [&](const party& p) {
    return p.kind == waiter.kind && p.pid == waiter.pid && p.mode == waiter.mode &&
           same_range(p.range, waiter.range);
  });
}

bool is_blocked(const party& waiter, const std::vector<kernel_lock>& now) {
  return std::any_of(now.begin(), now.end(), [&](const kernel_lock& l) {
    return l.kind == waiter.kind && l.mode == waiter.mode && same_range(l.range, waiter.range) &&
           (l.taker <= 0 || l.taker == waiter.pid);
  });
}

/// Whether it waits for another lock than the one that its process was seen to hold: by another
/// description, without which that cannot be, and by the same request as before, which is not at the
/// front, or is asleep there in the kernel.
bool waits_besides(const party& waiter, const requests& in_turn,
                   const std::vector<kernel_lock>& blocked, const processes& seen, file_id file) {
  if (descriptions_of(seen, file, *waiter.pid) < 2) return false;
  if (!waiter.ticket) return is_blocked(waiter, blocked);
  const auto now = std::find_if(in_turn.list.begin(), in_turn.list.end(),
                                [&](auto& r) { return r.ticket == waiter.ticket; });
  return now != in_turn.list.end() && (!now->holds || is_blocked(waiter, blocked));
}

listing list(const target& which, const requests& in_turn, const moment& before,
             const processes& seen) {
  listing out{which.path, seen.complete && in_turn.complete, which.only_this_user, {}, {}};
  out.holders = kernel_holders(seen, which.file);
  if (which.is_region)  // a region's OFD locks say who takes part, not who holds
    std::erase_if(out.holders, [](const party& p) { return p.kind == lock::kind::ofd; });
  for (const lock::listed& each : in_turn.list)
    (each.holds && each.kind == lock::kind::native ? out.holders : out.waiters)
        .push_back(to_party(each));
  for (party& each : other_waiters(before.blocked, seen, which.file, out.waiters))
    out.waiters.push_back(std::move(each));
  return out;
}

}  // namespace

std::vector<listing> survey(const std::vector<target>& targets) {
  const moment before = look(targets);
  const processes seen = find_holders(targets);
  std::vector<listing> all;
  for (std::size_t i = 0; i < targets.size(); ++i)
    all.push_back(list(targets[i], before.in_turn[i], before, seen));

  // Who has become a holder, and waits no more? Native requests were seen once each, as one or the other.
  const moment after = look(targets);
  for (std::size_t i = 0; i < targets.size(); ++i)
    std::erase_if(all[i].waiters, [&](const party& p) {
      return p.kind != lock::kind::native && p.pid && is_now_held_by(p, all[i].holders) &&
             !waits_besides(p, after.in_turn[i], after.blocked, seen, targets[i].file);
    });
  return all;
}

}  // namespace inturn::cli
