#include "lock/participant.hpp"

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/identity.hpp"

namespace inturn::lock {

using base::fail;
using table::slots_per_lane;

participant::participant(region::mapped region, options given, lock::kind kind)
    : region_(std::move(region)), options_(given), kind_(kind), process_(base::process_identity()) {
  claim_lane();
}

participant::~participant() {
  const bool ours = is_ours();
  turn world(region_);
  for (owned_lane* lane = lanes_.load(); lane != nullptr;) {
    if (ours && lane->marked_used) {
      // All our holds are gone. What is left are messages of the dead, for which the lane stays visible.
      bool empty = true;
      for (std::uint32_t i = 0; i < slots_per_lane; ++i)
        empty &= world.load(world.table().word_of({lane->index, i})) == table::free_word;
      if (empty)
        world.clear_bits(world.table().shared->used[lane->index / 64],
                         std::uint64_t{1} << lane->index % 64);
    }
    if (!ours) lane->claim.forget();
    delete std::exchange(lane, lane->next);
  }
}

bool participant::is_ours() const noexcept { return base::process_identity() == process_; }

void participant::refuse_children() const {
  if (!is_ours())
    fail(EINVAL, region_.name(),
         "inherited over fork, and the parent's: open the lock file again here");
}

// Only slots that were FREE when the lane was claimed are ours to use; DIED ones become so when somebody
// has read them.
void participant::find_freed_slots(owned_lane& lane) noexcept {
  turn world(region_);
  std::uint32_t usable = 0;
  for (std::uint32_t i = 0; i < slots_per_lane; ++i)
    if (world.load(world.table().word_of({lane.index, i})) == table::free_word) usable |= 1U << i;
  lane.free.store(usable);
}

owned_lane* participant::claim_lane() {
  turn world(region_);
  const table::view t = region_.table();
  const auto is_used = [&](std::uint32_t lane) {
    return (world.load(t.shared->used[lane / 64]) >> lane % 64 & 1) != 0;
  };
  region::claimer claimer(region_);
  for (std::uint32_t n = 0; n < t.lane_count; ++n) {
    const std::uint32_t index = (next_to_try_ + n) % t.lane_count;
    // Never touch a lane that nobody has used yet before its memory is reserved.
    if (is_used(index)) {
      if (!region_.certainly_dead(index)) continue;
      table::bury_lane(world, index, false);
    }
    if (!claimer.try_byte(region::claim_byte(index))) continue;
    region_.reserve(index);
    table::bury_lane(world, index, true);
    auto lane = std::make_unique<owned_lane>();
    lane->index = index;
    find_freed_slots(*lane);
    if (lane->free.load() == 0) {  // full of messages of the dead
      claimer.give_back(region::claim_byte(index));
      continue;
    }
    describe_lane(*lane);
    lane->claim = claimer.keep(region::claim_byte(index));
    lane->next = lanes_.load();
    next_to_try_ = index + 1;
    lanes_.store(lane.get());
    hint_.store(lane.get(), std::memory_order_release);
    return lane.release();
  }
  fail(ENOLCK, region_.name(), "no room for another participant or request");
}

std::optional<participant::place> participant::take_slot_in(owned_lane& lane) {
  std::uint32_t free = lane.free.load(std::memory_order_relaxed);
  while (free != 0)
    if (lane.free.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire))
      return place{&lane, {lane.index, static_cast<std::uint32_t>(std::countr_zero(free))}};
  return {};
}

participant::place participant::take_slot() {
  if (auto p = take_slot_in(*hint_.load(std::memory_order_acquire))) return *p;
  const auto in_any = [this]() -> std::optional<place> {
    for (owned_lane* lane = lanes_.load(std::memory_order_acquire); lane != nullptr;
         lane = lane->next)
      if (auto p = take_slot_in(*lane)) return p;
    return {};
  };
  if (auto p = in_any()) return *p;
  const std::lock_guard guard(growing_);
  for (;;) {  // other threads may be quicker to take the slots of a lane that was just claimed
    if (auto p = in_any()) return *p;
    claim_lane();
  }
}

void participant::return_slot(place p) noexcept {
  p.lane->free.fetch_or(1U << p.id.index, std::memory_order_release);
  hint_.store(p.lane, std::memory_order_release);
}

participant::place participant::place_of(const hold& h) noexcept {
  return {h.lane_, {h.lane_->index, h.index_}};
}

void participant::describe_lane(const owned_lane& lane) noexcept {
  const base::names me = base::my_names();
  for (std::uint32_t i = 0; i < slots_per_lane; ++i) {
    auto& data = region_.table().data_of({lane.index, i});
    if ((lane.free.load() >> i & 1) == 0) continue;
    data.pid.store(me.pid, std::memory_order_relaxed);
    data.pid_namespace.store(me.pid_namespace, std::memory_order_relaxed);
    data.kind.store(static_cast<std::uint32_t>(kind_), std::memory_order_relaxed);
  }
}

table::ending participant::ask(turn& world, place p, const table::request& asked,
                               const patience& how, table::grant& got) {
  const bool may_wait = how.wait != patience::how::never;
  if (!p.lane->marked_used.load(std::memory_order_acquire)) {
    table::mark_used(world, p.lane->index);
    p.lane->marked_used = true;
  }
  auto& data = world.table().data_of(p.id);
  data.tid.store(base::my_thread_id(), std::memory_order_relaxed);
  data.since.store(base::coarse_ns(), std::memory_order_relaxed);
  // A try waits for nobody: until it is granted, it is on nobody's account.
  data.agent.store(may_wait ? asked.agent : 0, std::memory_order_release);
  if (may_wait) {
    const table::ending end = table::acquire(world, p.id, asked, got);
    if (end != table::ending::timed_out) return end;
    // Those who were ahead may have been dead: a last try fails for the living only.
    data.agent.store(0, std::memory_order_release);
  }
  world.become_a_try();
  const table::ending end = table::try_acquire(world, p.id, asked, got);
  if (end == table::ending::granted && !how.detached)
    data.agent.store(asked.agent, std::memory_order_release);
  return end;
}

std::optional<hold> participant::acquire(mode m, range where, const patience& how) {
  refuse_children();
  if (m == mode::update) fail(ENOTSUP, region_.name(), "update locks are not there yet");
  table::request asked{m, {}, base::agent_identity(options_.agent)};
  if (m > mode::exclusive || !table::to_extent(where, asked.where))
    fail(EINVAL, region_.name(), "no such mode or range");

  const place p = take_slot();
  turn world(region_,
             how.wait == patience::how::until ? wait::deadline(how.until_ns) : wait::deadline{},
             how.tell);
  table::grant got;
  table::ending end;
  try {
    end = ask(world, p, asked, how, got);
  } catch (...) {
    world.exchange(world.table().word_of(p.id), table::free_word);
    table::after_leaving(world, asked, 0);
    return_slot(p);
    throw;
  }
  if (end != table::ending::granted) {
    return_slot(p);
    if (end == table::ending::deadlock)
      fail(EDEADLK, region_.name(), "would wait for a lock that the caller itself holds");
    if (end == table::ending::full)
      fail(ENOLCK, region_.name(), "the region has given out all its tickets");
    return {};
  }
  if (world.has_waited())
    world.table().data_of(p.id).since.store(base::coarse_ns(), std::memory_order_relaxed);
  hold h;
  h.owner_ = shared_from_this();
  h.lane_ = p.lane;
  h.index_ = p.id.index;
  h.ticket_ = got.ticket;
  h.range_ = where;
  h.mode_ = m;
  h.previous_owner_died_ = got.news;
  return h;
}

void participant::release(hold& h) {
  refuse_children();
  turn world(region_);
  const place p = place_of(h);
  table::placed mine{{h.mode_, {}, 0}, h.ticket_};
  table::to_extent(h.range_, mine.where);
  table::leave(world, p.id, mine);
  return_slot(p);
}

void participant::detach(const hold& h) noexcept {
  if (is_ours()) region_.table().data_of(place_of(h).id).agent.store(0, std::memory_order_release);
}

}  // namespace inturn::lock
