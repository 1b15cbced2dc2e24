#pragma once

#include "table/world.hpp"

// Looking at the other slots: who is in the way of a request.

namespace inturn::table {

/// A request that has its place in the order.
struct placed : request {
  table::ticket ticket = 0;
};

struct sighting {
  slot_id id;
  word seen = free_word;
};

enum class relation { pass, in_the_way, news };

/// What a request saw on a full look at the others.
struct survey {
  std::uint32_t ahead = 0;    // requests in its way
  std::uint32_t holders = 0;  // those of them that hold
  sighting front;             // the one in its way that has the smallest ticket
  ticket latest = 0;          // the largest ticket among them
  bool news = false;  // a DIED overlaps its range, or a told HELD that it goes together with

  void add(relation r, sighting found) {
    if (r == relation::news) news = true;
    if (r != relation::in_the_way) return;
    if (ahead++ == 0 || ticket_of(found.seen) < ticket_of(front.seen)) front = found;
    if (state_of(found.seen) == state::held) ++holders;
    if (ticket_of(found.seen) > latest) latest = ticket_of(found.seen);
  }
};

/// Visits every slot that is not FREE, in lanes that count as used. The visitor returns false to stop.
template <world W, class Visit>
void for_each_request(W& w, Visit&& visit) {
  const view t = w.table();
  for (std::uint32_t s = 0; s < used_summary_words; ++s) {
    for (auto groups = w.load(t.shared->used_summary[s]); groups != 0; groups &= groups - 1) {
      const std::uint32_t group = s * 64 + static_cast<std::uint32_t>(std::countr_zero(groups));
      for (auto lanes = w.load(t.shared->used[group]); lanes != 0; lanes &= lanes - 1) {
        const std::uint32_t l = group * 64 + static_cast<std::uint32_t>(std::countr_zero(lanes));
        if (l >= t.lane_count) break;
        for (std::uint32_t i = 0; i < slots_per_lane; ++i) {
          const word v = w.load(t.lanes[l].words[i]);
          if (state_of(v) != state::free && !visit(slot_id{l, i}, v)) return;
        }
      }
    }
  }
}

/// The range of the request that v names. False if that request is over, and the range perhaps another's.
template <world W>
bool read_extent(W& w, slot_id id, word v, extent& out) {
  const slot_data& d = w.table().data_of(id);
  out.first = w.load_acquire(d.first);
  out.last = w.load_acquire(d.last);
  return w.load(w.table().word_of(id)) == v;
}

/// Takes back an announcement that may never become a request (its owner may be dead or stopped): the
/// owner finds out when it wants to queue, and starts again with a larger ticket. Looks again for an
/// instant first, because most are about to queue. True: wiped. False: v is what the word is now.
template <world W>
bool wipe(W& w, slot_id id, word& v) {
  auto& at = w.table().word_of(id);
  for (unsigned i = 0; i < w.entering_looks(); ++i) {
    w.pause();
    const word now = w.load(at);
    if (now == v) continue;
    v = now;
    return false;
  }
  if (w.cas(at, v, free_word)) return true;
  v = w.load(at);
  return false;
}

/// How the request found as `v` in slot `id` stands to mine. Updates v to what it was judged by.
///
/// QUEUED: in the way if its ticket is smaller. HELD: always (by the order only smaller ones can be there).
/// ENTERING: wiped; for if it took its ticket before I took mine, I would otherwise not know of it.
/// DIED, or a told HELD that I share with, whose owner may be dead: news.
template <world W>
relation judge(W& w, slot_id id, word& v, const placed& mine) {
  // A word that changes under us belongs to a request that has moved on. More than a few moves within one
  // look is no honest owner: then it is in the way, and will be looked at again.
  for (int tries = 0; tries < 64; ++tries) {
    const state s = state_of(v);
    const bool conflicting = modes_conflict(mode_of(v), mine.mode);
    const bool message = s == state::died || (s == state::held && is_told(v) && !conflicting);
    const bool candidate =
        message || (conflicting && (s == state::held || s == state::entering ||
                                    (s == state::queued && ticket_of(v) < mine.ticket)));
    if (!candidate) return relation::pass;
    extent other;
    if (!read_extent(w, id, v, other)) {
      v = w.load(w.table().word_of(id));
      continue;
    }
    if (!overlap(other, mine.where)) return relation::pass;
    if (message) return relation::news;
    if (s != state::entering) return relation::in_the_way;
    if (wipe(w, id, v)) return relation::pass;
  }
  return relation::in_the_way;
}

/// Looks at all others; with `stop_at_first`, no further than the first one in the way.
template <world W>
survey look(W& w, slot_id me, const placed& mine, bool stop_at_first = false) {
  survey s;
  w.pass(point::looking, s);
  for_each_request(w, [&](slot_id id, word v) {
    if (id != me) {
      const relation r = judge(w, id, v, mine);
      s.add(r, {id, v});
    }
    w.pass(point::looking, s);
    return s.ahead == 0 || !stop_at_first;
  });
  w.pass(point::looked, s);
  return s;
}

}  // namespace inturn::table
