#pragma once

#include <utility>

#include "table/bury.hpp"
#include "table/cycle.hpp"

// The life of a request, from its announcement to its end: docs/protocol.md in code.

namespace inturn::table {

enum class ending { granted, busy, timed_out, deadlock, full, lost };

struct grant {
  table::ticket ticket = 0;
  bool news = false;  // a previous owner died
};

/// Makes the lane one that scanners visit. Before its first request.
template <world W>
void mark_used(W& w, std::uint32_t lane) {
  counters& c = *w.table().shared;
  w.set_bits(c.used[lane / 64], std::uint64_t{1} << lane % 64);
  w.set_bits(c.used_summary[lane / 4096], std::uint64_t{1} << lane / 64 % 64);
}

/// Announces the request and takes its place in the order. granted: it is QUEUED with mine.ticket.
/// The slot is FREE and the caller's.
template <world W>
ending enter(W& w, slot_id me, placed& mine) {
  auto& at = w.table().word_of(me);
  slot_data& data = w.table().data_of(me);
  const word announced = make_word(state::entering, mine.mode, 0);
  for (;;) {
    w.store_release(data.first, mine.where.first);
    w.store_release(data.last, mine.where.last);
    w.exchange(at, announced);
    // Only now: whoever takes a larger ticket than ours must be able to see the announcement.
    mine.ticket = w.add(w.table().shared->next_ticket, 1);
    if (mine.ticket > max_ticket) {
      w.exchange(at, free_word);
      return ending::full;
    }
    if (w.cas(at, announced, make_word(state::queued, mine.mode, mine.ticket)))
      return ending::granted;
    if (w.over()) {
      w.exchange(at, free_word);
      return ending::timed_out;
    }
  }
}

/// Ends a request, granted or waiting, and wakes those who wait behind it.
template <world W>
void leave(W& w, slot_id me, const placed& mine) {
  w.exchange(w.table().word_of(me), free_word);
  after_leaving(w, mine, mine.ticket);
}

/// Takes over the news of deaths in my range, once for all of us: whoever takes a DIED away tells it.
/// One who shares marks its own word first: should it die now, its own death must carry the news on.
/// (An exclusive holder's death is news anyway.) One that was told and died is in no sharer's way, and may
/// not be buried yet: it is now.
template <world W>
bool hear_news(W& w, slot_id me, const placed& mine) {
  auto& at = w.table().word_of(me);
  const word held = make_word(state::held, mine.mode, mine.ticket);
  const bool mark = !leaves_news(held) && w.cas(at, held, held | told_bit);
  bool heard = false;
  for_each_request(w, [&](slot_id id, word v) {
    if (id != me && is_told(v)) {
      bury(w, id, v);
      v = w.load(w.table().word_of(id));  // buried, by us or by others
    }
    extent where;
    if (state_of(v) == state::died && read_extent(w, id, v, where) && overlap(where, mine.where))
      heard |= w.cas(w.table().word_of(id), v, free_word);
    return true;
  });
  if (mark && !heard) w.cas(at, held | told_bit, held);
  return heard;
}

/// Nobody is in the way: QUEUED becomes HELD. lost: somebody has taken our word away meanwhile.
template <world W>
ending take(W& w, slot_id me, const placed& mine, bool news, grant& out) {
  if (!w.cas(w.table().word_of(me), make_word(state::queued, mine.mode, mine.ticket),
             make_word(state::held, mine.mode, mine.ticket)))
    return ending::lost;
  out = {mine.ticket, news && hear_news(w, me, mine)};
  return ending::granted;
}

/// Raises parked_upto to cover those whom we are about to wait for.
template <world W>
void announce_sleeper(W& w, ticket latest) {
  auto& upto = w.table().shared->parked_upto;
  // Each failure is another sleeper's success. So many are no honest table's; the bound of the sleep helps.
  for (int tries = 0; tries < 1'000'000; ++tries) {
    const ticket seen = w.load(upto);
    if (seen >= latest || w.cas(upto, seen, latest)) return;
  }
}

/// Sleeps until it is worth looking again. Mark, announce, look again, sleep, in this order: whoever ends
/// after our second look sees our mark, whoever ends before it is seen by us.
template <world W>
void park(W& w, slot_id me, const placed& mine, const survey& seen) {
  auto& parked = w.table().data_of(me).parked;
  w.store(parked, 1);
  announce_sleeper(w, seen.latest);
  w.pass(point::parking, seen);
  const survey again = look(w, me, mine);
  if (again.ahead != 0 && again.latest <= seen.latest) w.sleep(parked, again);
  w.store(parked, 0);
}

/// QUEUED: waits until nobody is in the way.
template <world W>
ending await_turn(W& w, slot_id me, const placed& mine, grant& out) {
  for (;;) {
    const survey seen = look(w, me, mine);
    if (seen.ahead == 0) return take(w, me, mine, seen.news, out);
    if (w.over()) {
      leave(w, me, mine);
      return ending::timed_out;
    }
    if (w.watch(seen)) continue;
    if (closes_cycle(w, me, mine)) {
      leave(w, me, mine);
      return ending::deadlock;
    }
    if (!bury_in_my_way(w, me, mine, seen)) park(w, me, mine, seen);
  }
}

/// granted, timed_out, deadlock or full. The slot is the caller's, and FREE before; after, FREE or HELD.
template <world W>
ending acquire(W& w, slot_id me, const request& asked, grant& out) {
  placed mine{asked};
  ending end = ending::lost;
  while (end == ending::lost) {
    end = enter(w, me, mine);
    if (end == ending::granted) end = await_turn(w, me, mine, out);
    if (end == ending::lost && w.over()) return ending::timed_out;
  }
  return end;
}

/// Whether nobody alive is in the way; clears the dead.
template <world W>
bool way_is_clear(W& w, slot_id me, const placed& mine, bool& news) {
  for (;;) {
    const survey seen = look(w, me, mine, true);
    news = seen.news;
    if (seen.ahead == 0) return true;
    if (!bury(w, seen.front.id, seen.front.seen) || w.weary()) return false;
  }
}

/// Whether somebody alive holds or waits in conflict with the request, seen from outside the order:
/// announcements are let be.
template <world W>
bool is_taken(W& w, slot_id me, const request& asked) {
  bool taken = false;
  const placed last{asked, max_ticket};
  for_each_request(w, [&](slot_id id, word v) {
    if (id == me || !is_live(v) || judge(w, id, v, last) != relation::in_the_way) return true;
    taken = !bury(w, id, v);
    return !taken;
  });
  return taken;
}

/// granted, busy or full; never sleeps. A request that is going to fail does not enter the order, where
/// it would be in the way of others for an instant.
template <world W>
ending try_acquire(W& w, slot_id me, const request& asked, grant& out) {
  if (is_taken(w, me, asked)) return ending::busy;
  placed mine{asked};
  for (;;) {
    ending end = enter(w, me, mine);
    if (end != ending::granted) return end == ending::timed_out ? ending::busy : end;
    bool news = false;
    if (!way_is_clear(w, me, mine, news)) {
      leave(w, me, mine);
      return ending::busy;
    }
    end = take(w, me, mine, news, out);
    if (end != ending::lost) return end;
    if (w.over()) return ending::busy;
  }
}

}  // namespace inturn::table
