#pragma once

#include "table/wake.hpp"

// Clearing what the dead have left.

namespace inturn::table {

/// Takes the request `v` of one who is known to be dead out of the table. The exact word: should the lane
/// have a new owner by now, its requests have other tickets and are left alone.
template <world W>
void bury_known_dead(W& w, slot_id id, word v, extent where) {
  const word rest = leaves_news(v) ? make_word(state::died, mode_of(v), ticket_of(v)) : free_word;
  if (!w.cas(w.table().word_of(id), v, rest)) return;
  after_leaving(w, {mode_of(v), where, 0}, ticket_of(v));
}

/// Clears the request found as `v` if its owner is dead. False: it may be alive.
/// The order matters: the word was read first, then its owner was found dead, then it is cleared.
template <world W>
bool bury(W& w, slot_id id, word v) {
  extent where;
  if (!read_extent(w, id, v, where)) return true;  // over already
  if (!w.certainly_dead(id.lane)) return false;
  bury_known_dead(w, id, v, where);
  return true;
}

/// Clears the dead among those who hold in my way, and the front of those who wait. True: it is worth
/// looking again. (The others who wait are looked at when one of them has become the front.)
template <world W>
bool bury_in_my_way(W& w, slot_id me, const placed& mine, const survey& seen) {
  bool changed = false;
  w.pass(point::clearing, seen);
  for_each_request(w, [&](slot_id id, word v) {
    if (id != me && judge(w, id, v, mine) == relation::in_the_way &&
        (state_of(v) == state::held || id == seen.front.id))
      changed |= bury(w, id, v);
    w.pass(changed ? point::cleared : point::clearing, seen);
    return !changed || !w.weary();
  });
  return changed;
}

/// Clears a lane of everything that an earlier owner left in it, who must be dead. DIED words stay: they
/// are messages, and their slots come back when they have been read.
///
/// Whoever wants the lane calls this before it claims the lane's byte, so that a stop between the two
/// blocks nobody, and again after, for one who claimed, left something and died in between. Words of that
/// one look alive (the byte is claimed, by us) to all others; to us they are known to be dead.
template <world W>
void bury_lane(W& w, std::uint32_t lane, bool claimed_by_us) {
  for (std::uint32_t i = 0; i < slots_per_lane; ++i) {
    const slot_id id{lane, i};
    auto& at = w.table().word_of(id);
    const word v = w.load(at);
    extent where;
    if (v == free_word || !read_extent(w, id, v, where)) continue;
    // A message about a range that no grant can overlap was written by nobody honest.
    if (state_of(v) == state::died && where.first <= where.last) continue;
    if (!claimed_by_us && !w.certainly_dead(lane)) return;
    if (is_live(v))
      bury_known_dead(w, id, v, where);
    else
      w.cas(at, v, free_word);  // ENTERING, or nothing that an owner writes: in nobody's way
  }
}

}  // namespace inturn::table
