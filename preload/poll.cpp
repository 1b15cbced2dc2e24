#include "preload/poll.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "preload/flight.hpp"
#include "preload/settings.hpp"
#include "preload/system.hpp"
#include "preload/turn_to_poll.hpp"

namespace inturn::preload {
namespace {

/// A program that polls makes a pause after a try that failed. One that does something else at once, or
/// tries in a loop, has not come to wait.
constexpr std::uint64_t least_pause_ns = 500'000, longest_pause_ns = 1'000'000'000;
constexpr std::uint32_t tries_before = 2;
/// What is kept for less, nobody comes to wait for.
constexpr std::uint64_t a_while_ns = 200'000;
constexpr std::uint64_t look_for_sides_every_ns = 20'000'000;

/// Whether this process has ever failed at a try, or has a side region open: until then its tries cost
/// nothing.
std::atomic<bool> is_concerned{false};
std::atomic<std::uint64_t> next_look_ns{0};

// All times and counts of poll_history are relaxed: it says why.
constexpr auto any = std::memory_order_relaxed;

void note_failure(poll_history& h, const table::request& place, std::uint64_t now) {
  h.failed.write(place);
  h.failed_at.store(now, any);
  is_concerned.store(true, any);
}

/// What it has got now, it has polled for, or will make others wait for.
void note_success(poll_history& h, const table::request& place, std::uint64_t now) {
  const table::request failed = h.failed.read();
  if (h.failures.load(any) != 0 && table::overlap(place.where, failed.where) &&
      place.mode >= failed.mode)
    h.failures.store(0, any);
  h.has_let_go.store(0, any);
  if (place.mode != mode::exclusive) return;
  if (h.has.exchange(1, any) == 0) {
    h.has_since.store(now, any);
    h.began.write(place);
    h.growing.write(place);
  } else {
    h.growing.add(place);
  }
}

void note_unlocked(poll_history& h, table::extent bytes, std::uint64_t now) {
  h.has_let_go.store(1, any);
  if (!table::overlap(bytes, h.began.read().where) || h.has.exchange(0, any) == 0) return;
  if (now - h.has_since.load(any) < a_while_ns) return;
  h.usual.write(h.growing.read());
  h.had_at.store(now, any);
}

/// What it will ask for when it has got what failed: as far as the last time tells.
table::request all_with(const poll_history& h, const table::request& failed) {
  const table::request all = h.usual.read();
  return h.had_at.load(any) != 0 && table::overlap(all.where, failed.where) ? all : failed;
}

/// Counts the last failure if there was a pause after it. True: this is the first request after that.
bool comes_again(poll_history& h, std::uint64_t now) {
  const std::uint64_t failed_at = h.failed_at.exchange(0, any);
  if (failed_at == 0) return false;
  const std::uint64_t pause = now - failed_at;
  if (pause > longest_pause_ns) h.failures.store(0, any);
  if (pause < least_pause_ns || pause > longest_pause_ns) return false;
  if (h.failures.fetch_add(1, any) == 0) h.since.store(failed_at, any);
  h.interval.store(pause, any);
  return true;
}

/// Whether a try by this process may have to be held back. If not, nothing is to be known of it before it
/// is made.
bool may_be_held_back(file& which) {
  const poll_history& h = which.mine().polls;
  return h.failed_at.load(any) != 0 ||
         (h.has_let_go.load(any) != 0 && h.had_at.load(any) > h.held_at.load(any) &&
          which.has_side.load() && !is_quiet(*which.side.at));
}

/// Whether this try is to wait for its turn.
bool is_to_be_held_back(const request& asked, file& which, hold_back& out) {
  poll_history& h = which.mine().polls;
  const std::uint64_t now = base::monotonic_ns(), most = our_settings().poll_hold_ns;
  if (comes_again(h, now)) {
    const table::request failed = h.failed.read();
    out = {failed, all_with(h, failed), h.since.load(any), std::min(h.interval.load(any), most)};
    return h.failures.load(any) >= tries_before &&
           h.kind.load(any) == static_cast<std::uint32_t>(asked.kind());
  }
  // Who has just had it, and comes again while others wait, would walk in ahead of them all.
  const std::uint64_t had_at = h.had_at.load(any);
  if (had_at <= h.held_at.load(any) || h.has_let_go.load(any) == 0 ||
      now - had_at > longest_pause_ns ||
      h.kind.load(any) != static_cast<std::uint32_t>(asked.kind()))
    return false;
  out = {h.usual.read(), h.usual.read(), now, std::min(now - h.has_since.load(any), most)};
  return which.has_side.load() && is_anybody_held_back(which.side);
}

/// Makes the try; one who polls, in his turn.
int make_try(const request& asked, const pinned& which, const struct stat& file,
             const void* frame) {
  table::request place;
  hold_back why{};
  int error = 0;
  if (!may_be_held_back(*which) || !asked.find_place(file, place, request::arguments::unread) ||
      !is_to_be_held_back(asked, *which, why))
    return asked.attempt();
  const bool done = wait_for_turn_to_poll(asked, which, file, why, frame, error);
  // Only once, until it fails again or has it again: it has to make its way from here.
  which->mine().polls.held_at.store(base::monotonic_ns(), any);
  return done ? error : asked.attempt();
}

void note_unlock(file& which, const request& done, const struct stat& file) {
  table::extent bytes;
  if (!done.find_bytes(file, bytes, request::arguments::read)) return;
  note_unlocked(which.mine().polls, bytes, base::monotonic_ns());
  if (which.has_side.load() && !is_quiet(*which.side.at)) wake_who_polls(which.side, bytes);
}

void note(file& which, const request& done, const struct stat& looked_at, int error) {
  const bool conflict = request::is_conflict(error);
  table::request place;
  if (error != 0 && !conflict) return;
  if (done.type_of_done() == F_UNLCK) return note_unlock(which, done, looked_at);
  if (!done.find_place(looked_at, place, request::arguments::read)) return;
  poll_history& h = which.mine().polls;
  const std::uint64_t now = base::monotonic_ns();
  h.kind.store(static_cast<std::uint32_t>(done.kind()), any);
  if (conflict)
    note_failure(h, place, now);
  else
    note_success(h, place, now);
}

/// A try by a process that has nothing to do with queues yet.
int try_unconcerned(const request& asked) {
  const int error = asked.attempt();
  const bool conflict = request::is_conflict(error);
  if (error != 0 && !conflict) return error;
  const std::uint64_t now = base::coarse_ns();
  if (!conflict && (asked.type_of_done() != F_WRLCK || now < next_look_ns.load(any))) return error;
  struct stat file {};
  if (sys::look_at(asked.fd(), file) != 0) return error;
  pinned which(file);
  if (!which) return error;
  next_look_ns.store(now + look_for_sides_every_ns, any);
  if (have_side(*which, asked.fd(), file, making::no)) is_concerned.store(true, any);
  if (conflict || is_concerned.load(any)) note(*which, asked, file, error);
  return error;
}

}  // namespace

int try_in_turn(const request& asked, const void* frame) {
  if (our_settings().poll_hold_ns == 0 || own() == nullptr || flight::is_inside_another(frame))
    return asked.attempt();
  if (!is_concerned.load(any)) return try_unconcerned(asked);
  struct stat file {};
  if (sys::look_at(asked.fd(), file) != 0) return asked.attempt();
  pinned which(file);
  if (!which) return asked.attempt();
  have_side(*which, asked.fd(), file, making::no);
  const int error = make_try(asked, which, file, frame);
  note(*which, asked, file, error);
  return error;
}

void tell_of_unlock(const request& done) {
  if (!is_concerned.load(any) && !anybody_anywhere()) return;
  struct stat file {};
  if (sys::look_at(done.fd(), file) != 0) return;
  const pinned which = pinned::if_known(file);
  if (which) note_unlock(*which, done, file);
}

}  // namespace inturn::preload
