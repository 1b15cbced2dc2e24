#include "preload/turn_to_poll.hpp"

#include <algorithm>
#include <iterator>

#include "base/clock.hpp"
#include "kernel/places.hpp"
#include "preload/flight.hpp"
#include "preload/held.hpp"
#include "preload/log.hpp"
#include "preload/sleep.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

/// The one whose turn it is looks again after the first, if nobody tells it of the unlock: strangers do
/// not, nor is a close told of. The others look whether those ahead are still there.
constexpr std::uint64_t first_looks_every_ns = 1'000'000, others_look_every_ns = 8'000'000;

/// One who has been let through has that long to take what it was let through for.
constexpr std::uint64_t moment_ns = 2'000'000;

/// Whether the kernel would grant it now. Asks, and takes nothing.
bool is_free(const request& asked, const table::request& wanted) {
  struct flock question {};
  question.l_type = wanted.mode == mode::shared ? F_RDLCK : F_WRLCK;
  question.l_whence = SEEK_SET;
  question.l_start = static_cast<off_t>(wanted.where.first);
  const bool to_the_end = wanted.where.last >= kernel::last_offset;
  question.l_len = to_the_end ? 0 : static_cast<off_t>(wanted.where.last - wanted.where.first + 1);
  const int command = asked.kind() == lock::kind::ofd ? F_OFD_GETLK : F_GETLK;
  return sys::control(asked.fd(), command, &question) == 0 && question.l_type == F_UNLCK;
}

/// One who polls, QUEUED, as found in the region.
struct held_back_one {
  table::slot_id id;
  table::word word;
  table::request all;
  std::uint64_t since;
};

template <class Visit>
void for_each_held_back(world& w, Visit&& visit) {
  table::for_each_request(w, [&](table::slot_id id, table::word v) {
    const auto& data = w.table().data_of(id);
    // After the word; and if they are another request's, read_extent will say so.
    const bool polls = data.agent.load(std::memory_order_acquire) == polling_agent;
    held_back_one one{
        id, v, {table::mode_of(v), {}, 0}, data.since.load(std::memory_order_acquire)};
    return table::state_of(v) != table::state::queued || !polls ||
           !table::read_extent(w, id, v, one.all.where) || visit(one);
  });
}

/// Whether somebody waits, or is about to, who does not poll and is ahead by his ticket.
bool is_behind_a_waiter(world& w, table::slot_id me, const table::placed& mine) {
  bool behind = false;
  table::for_each_request(w, [&](table::slot_id id, table::word v) {
    if (id != me && w.table().data_of(id).agent.load(std::memory_order_acquire) != polling_agent)
      behind = table::judge(w, id, v, mine) == table::relation::in_the_way;
    return !behind;
  });
  return behind;
}

/// One at a time: whoever is let through takes a moment until it has the lock.
bool pass(const side_region& side, const table::request& wanted) {
  auto& stamps = side.at->header.let_through;
  auto& last = stamps[wanted.where.first % std::size(stamps)];
  const std::uint64_t now = base::monotonic_ns();
  std::uint64_t seen = last.load();
  return now - seen >= moment_ns && last.compare_exchange_strong(seen, now);
}

enum class result : std::uint8_t { let_through, over, done };

class wait {
 public:
  wait(const request& asked, const hold_back& why, const flight& call)
      : asked_(asked), why_(why), call_(call), w_(call.of().side) {}

  result run(all_signals_blocked& signals, int& error) {
    const std::uint64_t end = base::monotonic_ns() + why_.limit_ns;
    auto& parked = w_.table().data_of(call_.slot()).parked;
    for (;;) {
      w_.store(parked, 1);
      const bool first = is_first();
      if (first && !is_behind_a_waiter(w_, call_.slot(), call_.mine())) {
        if (asked_.kind() == lock::kind::flock) {  // the kernel has no question for these
          error = asked_.attempt();
          if (!request::is_conflict(error)) return result::done;
        } else if (is_all_free() && pass(call_.of().side, why_.all)) {
          return result::let_through;
        }
      }
      const std::uint64_t now = base::monotonic_ns();
      if (now >= end) return result::over;
      const std::uint64_t next = now + (first ? first_looks_every_ns : others_look_every_ns);
      const woken how = sleep_on(parked, std::min(next, end), signals, false);
      if (!call_.goes_on()) return result::over;
      w_.store(parked, 0);
      if (how != woken::somehow) return result::over;
    }
  }

 private:
  /// Nobody who has polled for longer could go on now. (Among those who poll on one file, whatever bytes they
  /// ask for: what they begin with is often not what they wait for.)
  bool is_first() {
    bool first = true;
    for_each_held_back(w_, [&](const held_back_one& one) {
      const bool older =
          one.since < why_.since ||
          (one.since == why_.since && table::ticket_of(one.word) < call_.mine().ticket);
      if (one.id != call_.slot() && older) first = table::bury(w_, one.id, one.word);
      return first;
    });
    return first;
  }

  /// All that it will need; or, if somebody goes on keeping a part of that, what it could not get.
  bool is_all_free() {
    if (is_free(asked_, why_.all)) return true;
    if (!is_free(asked_, why_.needed)) {
      needed_free_since_ = 0;
      return false;
    }
    const std::uint64_t now = base::monotonic_ns();
    if (needed_free_since_ == 0) needed_free_since_ = now;
    return now - needed_free_since_ >= moment_ns;
  }

  const request& asked_;
  const hold_back& why_;
  const flight& call_;
  world w_;
  std::uint64_t needed_free_since_ = 0;
};

}  // namespace

bool wait_for_turn_to_poll(const request& asked, const pinned& which, const struct stat& file,
                           const hold_back& why, const void* frame, int& error) {
  if (!is_own_process() || is_on_signal_stack() ||
      !have_side(*which, asked.fd(), file, making::if_missing))
    return false;
  all_signals_blocked signals;
  if (process_is_in_the_way(asked.fd(), file) != answer::no) return false;
  flight call = flight::begin(frame, which.share());
  table::request wanted = why.all;
  wanted.agent = polling_agent;
  result came = result::over;
  if (call.take_slot(asked.fd(), owner_of(asked)) && !call.meets_own(wanted, owner_of(asked)) &&
      call.enter(wanted, asked.kind(), why.since))
    came = wait(asked, why, call).run(signals, error);
  call.end();
  return came == result::done;
}

bool is_anybody_held_back(const side_region& side) {
  world w(side);
  bool found = false;
  for_each_held_back(w, [&](const held_back_one&) {
    found = true;
    return false;
  });
  return found;
}

void wake_who_polls(const side_region& side, table::extent unlocked) {
  world w(side);
  held_back_one oldest{{table::no_lane, 0}, 0, {}, ~std::uint64_t{0}};
  for_each_held_back(w, [&](const held_back_one& one) {
    if (one.since < oldest.since && table::overlap(one.all.where, unlocked)) oldest = one;
    return true;
  });
  if (oldest.id.lane != table::no_lane) table::rouse(w, oldest.id);
}

}  // namespace inturn::preload
