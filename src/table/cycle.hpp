#pragma once

#include <algorithm>
#include <vector>

#include "table/scan.hpp"

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
std::vector<std::size_t> find_cycle(const picture& all, std::size_t from, std::uint64_t agent);

/// All requests with a place in the order. Each was there when it was read, not all at one time.
template <world W>
picture take_picture(W& w) {
  picture all;
  for_each_request(w, [&](slot_id id, word v) {
    pictured p{{id, v}, {}, w.load_acquire(w.table().data_of(id).agent)};
    if (is_live(v) && read_extent(w, id, v, p.where)) all.push_back(p);
    return true;
  });
  return all;
}

/// Whether mine, QUEUED, closes a cycle: it is the latest request of one. (The latest sees all others of
/// its cycle in place; were each to look for itself, two would be refused where one is enough.)
///
/// A cycle in the picture counts only if all its words are found again: words never come again, so all
/// these requests existed, in these states, at one time. What was then a deadlock still is one, unless one
/// of them has died: the dead wait for nobody, and are about to be cleared.
template <world W>
bool closes_cycle(W& w, slot_id me, const placed& mine) {
  if (mine.agent == 0) return false;
  const picture all = take_picture(w);
  const auto is_me = [&](const pictured& p) { return p.at.id == me; };
  const auto from = std::find_if(all.begin(), all.end(), is_me);
  const auto other_of_mine = [&](const pictured& p) { return p.agent == mine.agent && !is_me(p); };
  if (from == all.end() || std::none_of(all.begin(), all.end(), other_of_mine)) return false;

  const auto cycle = find_cycle(all, static_cast<std::size_t>(from - all.begin()), mine.agent);
  const auto still_there = [&](std::size_t i) {
    const pictured& p = all[i];
    const bool later = state_of(p.at.seen) == state::queued && ticket_of(p.at.seen) > mine.ticket;
    return !later && w.load_acquire(w.table().data_of(p.at.id).agent) == p.agent &&
           w.load(w.table().word_of(p.at.id)) == p.at.seen;
  };
  const auto lives = [&](std::size_t i) { return !w.certainly_dead(all[i].at.id.lane); };
  return !cycle.empty() && std::all_of(cycle.begin(), cycle.end(), still_there) &&
         std::all_of(cycle.begin(), cycle.end(), lives);
}

}  // namespace inturn::table
