#pragma once

#include <algorithm>
#include <vector>

#include "table/bury.hpp"

// Deadlock within one table: would a request wait, directly or through others, for its own agent?

namespace inturn::table {

/// One request in a picture of the table.
struct pictured {
  sighting at;
  extent where;
  std::uint64_t agent = 0;
};
using picture = std::vector<pictured>;

/// The indices of requests, beginning with `from`, each of which waits for the next, the last of which is
/// `agent`'s own; empty if there are none. An agent with a request that waits is taken to wait with all
/// that it holds. Requests with agent 0 (tries, detached holds) wait for nobody.
///
/// The work is (waiting requests + agents that hold) times requests. Where that is more than most_steps, some
/// tenths of a second, none is found: deadlock detection ends there (docs/limits.md).
inline constexpr std::size_t most_steps = std::size_t{1} << 26;
std::vector<std::size_t> find_cycle(const picture& all, std::size_t from, std::uint64_t agent);

/// All requests with a place in the order, except those behind `latest`: they look for themselves. Each
/// was there when it was read, not all at one time.
template <world W>
picture take_picture(W& w, ticket latest) {
  picture all;
  for_each_request(w, [&](slot_id id, word v) {
    pictured p{{id, v}, {}, w.load_acquire(w.table().data_of(id).agent)};
    const bool behind = state_of(v) == state::queued && ticket_of(v) > latest;
    if (is_live(v) && !behind && read_extent(w, id, v, p.where)) all.push_back(p);
    return true;
  });
  return all;
}

template <world W>
bool has_another_request(W& w, slot_id me, std::uint64_t agent) {
  bool found = false;
  for_each_request(w, [&](slot_id id, word v) {
    found = id != me && is_live(v) && w.load_acquire(w.table().data_of(id).agent) == agent;
    return !found;
  });
  return found;
}

/// Takes all announcements back, of whatever range: whoever queues from now on has a larger ticket than
/// mine, and will look after me.
template <world W>
void wipe_announcements(W& w) {
  for_each_request(w, [&](slot_id id, word v) {
    if (state_of(v) == state::entering) wipe(w, id, v);
    return true;
  });
}

/// Whether mine, QUEUED, closes a cycle: it is the latest request of one. (The latest sees all others of
/// its cycle in place; were each to look for itself, two would be refused where one is enough. Without
/// the wiping, one with a smaller ticket could queue after the latest has looked, and neither refuse.)
///
/// A cycle in the picture counts only if all its words are found again: words never come again, so all
/// these requests existed, in these states, at one time. What was then a deadlock still is one, unless
/// one of them has died: the dead wait for nobody. They are cleared away, and the next picture shows
/// what they may have hidden.
template <world W>
bool closes_cycle(W& w, slot_id me, const placed& mine) {
  if (mine.agent == 0 || !has_another_request(w, me, mine.agent)) return false;
  wipe_announcements(w);
  // Each picture but the last was out of date: somebody has moved on. An endless row of them is no honest
  // neighbours' work; the bound of the sleep brings us back.
  for (int tries = 0; tries < 64 && !w.weary(); ++tries) {
    const picture all = take_picture(w, mine.ticket);
    const auto is_me = [&](const pictured& p) { return p.at.id == me; };
    const auto from = std::find_if(all.begin(), all.end(), is_me);
    if (from == all.end()) return false;
    const auto cycle = find_cycle(all, static_cast<std::size_t>(from - all.begin()), mine.agent);
    const auto stands = [&](std::size_t i) {
      const pictured& p = all[i];
      return w.load_acquire(w.table().data_of(p.at.id).agent) == p.agent &&
             !bury(w, p.at.id, p.at.seen);
    };
    if (cycle.empty()) return false;
    if (std::all_of(cycle.begin(), cycle.end(), stands)) return true;
  }
  return false;
}

}  // namespace inturn::table
