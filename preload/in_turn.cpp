#include "preload/in_turn.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/clock.hpp"
#include "preload/doubt.hpp"
#include "preload/flight.hpp"
#include "preload/held.hpp"
#include "preload/log.hpp"
#include "preload/sleep.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

/// What came of the queue.
enum class turn : std::uint8_t {
  front,        // to the kernel, while those behind wait
  straight,     // to the kernel, out of turn; said why
  granted,      // the kernel has granted it, out of turn
  interrupted,  // by a signal of the program's
  gone,         // the call has become another process's, or was thought to have ended
};

/// Why this one must not wait behind others; nullptr: it may.
const char* reason_not_to_queue(const request& asked, const flight& call,
                                const table::request& place, const struct stat& file) {
  if (call.meets_own(place, owner_of(asked)))
    return "out of turn: another thread waits for it, for the same owner";
  answer holds = description_holds(asked.fd());
  if (holds == answer::no && asked.kind() == lock::kind::posix) holds = process_holds_posix(file);
  if (holds == answer::yes)
    return "out of turn: a lock on it is held already, for which others may wait";
  if (holds == answer::unknown) return "out of turn: /proc does not say what locks are held";
  return nullptr;
}

/// QUEUED: waits until nobody is in the way, and is the front then.
turn wait_in_queue(const request& asked, const flight& call, all_signals_blocked& signals) {
  world w(call.of().side);
  const table::slot_id me = call.slot();
  doubts watch(asked, call.of().side);
  for (;;) {
    const table::survey seen = table::look(w, me, call.mine());
    if (seen.ahead == 0) {
      table::grant got;
      if (table::take(w, me, call.mine(), seen.news, got) == table::ending::granted)
        return turn::front;
      if (!call.enter(call.mine(), asked.kind(), base::coarse_ns())) return turn::straight;
      continue;
    }
    switch (watch.ask(me, call.mine(), seen)) {
      case doubts::conclusion::wait:
        break;
      case doubts::conclusion::leave:
        return turn::straight;
      case doubts::conclusion::granted:
        return turn::granted;
    }
    if (table::bury_in_my_way(w, me, call.mine(), seen)) continue;
    auto& parked = w.table().data_of(me).parked;
    w.store(parked, 1);
    table::announce_sleeper(w, seen.latest);
    const table::survey again = table::look(w, me, call.mine());
    woken how = woken::somehow;
    if (again.ahead != 0 && again.latest <= seen.latest)
      how = sleep_on(parked, lock::bound_of_sleep(again.ahead), signals, asked.can_be_cancelled());
    if (!call.goes_on()) return turn::gone;
    w.store(parked, 0);
    if (how == woken::by_signal) return turn::interrupted;
    if (how == woken::cannot_sleep) {
      say(asked.fd(), "out of turn: the kernel has no futex_waitv (Linux 5.16)");
      return turn::straight;
    }
  }
}

turn find_turn(const request& asked, const flight& call, const table::request& place,
               const struct stat& file, all_signals_blocked& signals) {
  if (!call.take_slot(asked.fd(), owner_of(asked))) return turn::straight;
  world w(call.of().side);
  if (table::is_taken(w, call.slot(), place)) {
    if (const char* why = reason_not_to_queue(asked, call, place, file); why != nullptr) {
      say(asked.fd(), why);
      return turn::straight;
    }
  }
  if (!call.enter(place, asked.kind(), base::coarse_ns())) {
    say(asked.fd(), "out of turn: the queue has given out all its tickets");
    return turn::straight;
  }
  return wait_in_queue(asked, call, signals);
}

int wait_at_kernel(const request& asked, all_signals_blocked& signals) {
  if (signals.would_interrupt()) {
    const int error = asked.attempt();
    return request::is_conflict(error) ? EINTR : error;
  }
  signals.let_through();
  const int error = asked.wait();
  signals.block_again();
  return error;
}

void abandon(void* call) {
  const all_signals_blocked undisturbed;
  static_cast<const flight*>(call)->end();
}

int queue_up(const request& asked, pinned which, const table::request& place,
             const struct stat& file, const void* frame) {
  all_signals_blocked signals;
  flight call = flight::begin(frame, std::move(which));
  int error = 0;
  pthread_cleanup_push(abandon, &call);
  switch (find_turn(asked, call, place, file, signals)) {
    case turn::granted:
      break;
    case turn::interrupted:
      error = EINTR;
      break;
    case turn::straight:
      call.end();
      [[fallthrough]];
    case turn::front:
    case turn::gone:
      error = wait_at_kernel(asked, signals);
  }
  pthread_cleanup_pop(0);
  call.end();
  return error;
}

/// Takes the lock if it is free and nobody is ahead. Else a conflict.
int take_if_free(const request& asked, pinned& which, const struct stat& file) {
  // A file that was locked once may never be again: no queue is made for it until it has to be.
  const bool once = which->uses.load(std::memory_order_relaxed) < 2;
  const bool has_side = have_side(*which, asked.fd(), file, once ? making::no : making::if_missing);
  if (has_side && !is_quiet(*which->side.at)) {
    table::request place;
    if (!asked.find_place(file, place, request::arguments::unread) ||
        is_somebody_there(which->side, place))
      return EWOULDBLOCK;
  }
  return asked.attempt();
}

/// Whether it can queue, and where.
bool can_queue(const request& asked, pinned& which, const struct stat& file,
               table::request& place) {
  return asked.find_place(file, place, request::arguments::unread) && is_own_process() &&
         !is_on_signal_stack() && have_side(*which, asked.fd(), file, making::if_missing);
}

}  // namespace

int wait_in_turn(const request& asked, const void* frame) {
  struct stat file {};
  if (flight::is_inside_another(frame) || sys::look_at(asked.fd(), file) != 0) return asked.wait();
  pinned which(file);
  if (which) {
    const int error = take_if_free(asked, which, file);
    if (!request::is_conflict(error)) return error;
    table::request place;
    if (can_queue(asked, which, file, place)) {
      // On nobody else's account: what is known of deadlock here, reason_not_to_queue says.
      place.agent = (reinterpret_cast<std::uint64_t>(frame) ^ own()->generation.load()) | 1;
      return queue_up(asked, std::move(which), place, file, frame);
    }
    which = pinned();
  } else if (own() != nullptr) {
    say(asked.fd(), "out of turn: no room to remember the file");
  }
  return asked.wait();
}

}  // namespace inturn::preload
