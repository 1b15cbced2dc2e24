#include "storm/timeline.hpp"

#include <algorithm>
#include <utility>

namespace inturn::storm {

timeline::timeline(arena& all, std::uint32_t workers, std::vector<bool> tells_deaths,
                   checker& judge)
    : all_(all), tells_deaths_(std::move(tells_deaths)), judge_(judge), readers_(workers) {}

grant timeline::to_grant(std::uint32_t worker, std::uint64_t n, const entry& e) const {
  grant g{.worker = worker,
          .lock = e.lock,
          .exclusive = e.exclusive,
          .where = e.where,
          .asked_at = e.asked_at,
          .after_ticket = e.after_ticket,
          .granted_at = e.granted_at,
          .left_at = e.beat.load(std::memory_order_acquire),
          .ticket = e.ticket,
          .in_turn = e.in_turn,
          .told = e.told,
          .is_told = tells_deaths_[e.lock]};
  if (const sighting& seen = readers_[worker].seen; seen.at != 0 && seen.n == n) {
    g.seen_at = seen.at;
    g.seen_ticket = seen.ticket;
  }
  return g;
}

/// horizon: no grant that is still to come will have been granted before it.
void timeline::read_one(std::uint32_t worker, std::uint64_t n, std::uint64_t& horizon) {
  const entry& e = all_.tracks[worker][n];
  auto&& is_read = readers_[worker].read[n % track::capacity];
  switch (e.at.load(std::memory_order_acquire)) {
    case phase::asking:  // will take the time later than now
      return;
    case phase::granted:  // perhaps has taken it, and not said so
      horizon = std::min(horizon, e.asked_at);
      return;
    case phase::inside:
    case phase::leaving:
      horizon = std::min(horizon, e.granted_at);
      return;
    case phase::left:
      waiting_.push(to_grant(worker, n, e));
      is_read = true;
      return;
    case phase::refused:
      ++tally_.refused;
      is_read = true;
      return;
  }
}

void timeline::forget_read(std::uint32_t worker) {
  track& from = all_.tracks[worker];
  const std::uint64_t begun = from.begun.load(std::memory_order_acquire);
  std::uint64_t taken = from.taken.load(std::memory_order_relaxed);
  auto& read = readers_[worker].read;
  for (; taken < begun && read[taken % track::capacity]; ++taken)
    read[taken % track::capacity] = false;
  from.taken.store(taken, std::memory_order_release);
}

void timeline::collect() {
  std::uint64_t horizon = base::monotonic_ns();
  for (std::uint32_t w = 0; w < readers_.size(); ++w) {
    track& from = all_.tracks[w];
    const std::uint64_t begun = from.begun.load(std::memory_order_acquire);
    for (std::uint64_t n = from.taken.load(std::memory_order_relaxed); n < begun; ++n)
      if (!readers_[w].read[n % track::capacity]) read_one(w, n, horizon);
    forget_read(w);
  }
  for (; !waiting_.empty() && waiting_.top().granted_at < horizon; waiting_.pop())
    judge_.add(waiting_.top());
}

void timeline::read_dead(std::uint32_t worker, std::uint64_t n, std::uint64_t killed_at) {
  const entry& e = all_.tracks[worker][n];
  const phase at = e.at.load(std::memory_order_acquire);
  if (at == phase::inside || at == phase::leaving) {
    grant g = to_grant(worker, n, e);
    g.died = at == phase::inside;
    waiting_.push(g);
  }
  // One that was leaving may have released, and so may have left news or not.
  if (at != phase::inside) judge_.add(lost_ask{e.lock, e.where, killed_at, base::monotonic_ns()});
  ++(at == phase::inside ? tally_.killed_inside : tally_.killed_asking);
}

void timeline::bury(std::uint32_t worker, std::uint64_t killed_at) {
  collect();
  track& from = all_.tracks[worker];
  const std::uint64_t begun = from.begun.load(std::memory_order_acquire);
  std::uint64_t was_busy = 0;
  for (std::uint64_t n = from.taken.load(std::memory_order_relaxed); n < begun; ++n) {
    auto&& is_read = readers_[worker].read[n % track::capacity];
    if (is_read) continue;
    is_read = true;
    read_dead(worker, n, killed_at);
    ++was_busy;
  }
  if (was_busy == 0) ++tally_.killed_idle;
  forget_read(worker);
}

void timeline::seen_queued(std::uint32_t worker, std::uint64_t n, std::uint64_t at,
                           std::uint64_t ticket) {
  sighting& seen = readers_[worker].seen;
  if (seen.at == 0 || seen.n != n) seen = {n, at, ticket};  // the first time tells most
}

}  // namespace inturn::storm
