#include "table/cycle.hpp"

#include <unordered_set>

namespace inturn::table {
namespace {

bool waits_for(const pictured& a, const pictured& b) {
  const bool ahead =
      state_of(b.at.seen) == state::held || ticket_of(b.at.seen) < ticket_of(a.at.seen);
  return ahead && conflict(mode_of(a.at.seen), a.where, mode_of(b.at.seen), b.where);
}

/// From a waiting request to those in its way; from one that is held to those that its agent waits with.
bool leads_to(const pictured& a, const pictured& b) {
  if (state_of(a.at.seen) == state::queued) return waits_for(a, b);
  return state_of(b.at.seen) == state::queued && a.agent != 0 && a.agent == b.agent;
}

}  // namespace

std::vector<std::size_t> find_cycle(const picture& all, std::size_t from, std::uint64_t agent) {
  std::vector<std::size_t> reached_by(all.size(), all.size());
  std::vector<std::size_t> open{from};
  std::unordered_set<std::uint64_t> agents;  // whose waiting requests have been reached
  std::size_t steps = 0;
  reached_by[from] = from;
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    if (state_of(all[at].at.seen) == state::held && !agents.insert(all[at].agent).second) continue;
    if ((steps += all.size()) > most_steps) return {};
    for (std::size_t next = 0; next < all.size(); ++next) {
      if (reached_by[next] != all.size() || !leads_to(all[at], all[next])) continue;
      reached_by[next] = at;
      if (all[next].agent != agent) {
        open.push_back(next);
        continue;
      }
      std::vector<std::size_t> path{next};
      while (path.back() != from) path.push_back(reached_by[path.back()]);
      std::reverse(path.begin(), path.end());
      return path;
    }
  }
  return {};
}

}  // namespace inturn::table
