#include "preload/flight.hpp"

#include "base/clock.hpp"
#include "preload/claim.hpp"
#include "preload/signals.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

/// Of the calling thread: the flight that goes on, if any.
struct in_the_air {
  const void* frame = nullptr;  // nullptr: none
  std::uint64_t serial = 0;
  std::uint64_t generation = 0;  // of the process that began it
  file* of = nullptr;
  own_lane* lane = nullptr;  // nullptr: no slot
  std::uint32_t slot = 0;
  bool has_place = false;
  table::placed mine{};
};
thread_local constinit in_the_air now;

void return_slot() {
  if (now.lane == nullptr) return;
  now.lane->owners[now.slot].store(0);
  // After the word is FREE, which the next user of the slot relies on.
  now.lane->free.fetch_or(1U << now.slot, std::memory_order_release);
  now.lane = nullptr;
}

void land() {
  const bool ours = own()->generation.load() == now.generation;
  if (ours && now.has_place) {
    world w(now.of->side);
    table::leave(w, {now.lane->number_plus_1.load() - 1, now.slot}, now.mine);
  }
  now.has_place = false;
  if (ours)
    return_slot();
  else
    now.lane = nullptr;
  now.of->pins.fetch_sub(1);
  now.of = nullptr;
  now.frame = nullptr;
}

bool take_slot_in(own_lane& lane, std::uint32_t& slot) {
  std::uint32_t free = lane.free.load(std::memory_order_relaxed);
  while (free != 0) {
    slot = static_cast<std::uint32_t>(__builtin_ctz(free));
    // After whoever had the slot before has left its word FREE.
    if (lane.free.compare_exchange_weak(free, free & (free - 1), std::memory_order_acquire))
      return true;
  }
  return false;
}

bool take_any_slot(own_file& mine) {
  for (own_lane& lane : mine.lanes) {
    if (lane.number_plus_1.load() == 0 || !take_slot_in(lane, now.slot)) continue;
    now.lane = &lane;
    return true;
  }
  return false;
}

}  // namespace

bool flight::is_inside_another(const void* frame) {
  if (now.frame == nullptr) return false;
  // Stacks grow downwards: what is inside of a call lies below it, except on a stack of its own.
  if (frame < now.frame || is_on_signal_stack()) return true;
  const all_signals_blocked undisturbed;
  land();
  return false;
}

flight flight::begin(const void* frame, pinned which) {
  now.of = &which.release();
  now.generation = own()->generation.load();
  ++now.serial;
  now.frame = frame;
  return flight(now.serial);
}

bool flight::goes_on() const {
  return now.frame != nullptr && now.serial == serial_ &&
         own()->generation.load() == now.generation;
}

void flight::end() const {
  if (now.frame != nullptr && now.serial == serial_) land();
}

file& flight::of() const { return *now.of; }

bool flight::take_slot(int fd, std::uint64_t owner) const {
  own_file& mine = now.of->mine();
  if (!take_any_slot(mine)) {
    if (!begin_growing()) return false;
    const bool found =
        take_any_slot(mine) || (claim_lane(fd, now.of->side, mine) && take_any_slot(mine));
    end_growing();
    if (!found) return false;
  }
  now.lane->owners[now.slot].store(owner);
  return true;
}

table::slot_id flight::slot() const { return {now.lane->number_plus_1.load() - 1, now.slot}; }
table::placed& flight::mine() const { return now.mine; }

bool flight::enter(const table::request& asked, lock::kind kind, std::uint64_t since) const {
  world w(now.of->side);
  auto& data = w.table().data_of(slot());
  // For people, but for `agent` and `since` of those who poll, who take any staleness.
  data.tid.store(static_cast<std::uint32_t>(sys::thread()), std::memory_order_relaxed);
  data.kind.store(static_cast<std::uint32_t>(kind), std::memory_order_relaxed);
  data.since.store(since, std::memory_order_relaxed);
  data.agent.store(asked.agent, std::memory_order_release);
  now.mine = {asked, 0};
  now.has_place = table::enter(w, slot(), now.mine) == table::ending::granted;
  return now.has_place;
}

bool flight::meets_own(const table::request& asked, std::uint64_t owner) const {
  world w(now.of->side);
  for (own_lane& lane : now.of->mine().lanes) {
    const std::uint32_t number = lane.number_plus_1.load();
    for (std::uint32_t i = 0; number != 0 && i < table::slots_per_lane; ++i) {
      if ((&lane == now.lane && i == now.slot) || lane.owners[i].load() != owner) continue;
      const table::slot_id id{number - 1, i};
      const table::word v = w.load(w.table().word_of(id));
      table::extent where;
      if (table::is_live(v) && table::modes_conflict(table::mode_of(v), asked.mode) &&
          table::read_extent(w, id, v, where) && table::overlap(where, asked.where))
        return true;
    }
  }
  return false;
}

std::uint64_t owner_of(const request& asked) {
  const auto kind = static_cast<std::uint64_t>(asked.kind());
  const std::uint64_t description =
      asked.kind() == lock::kind::posix ? 0 : static_cast<std::uint32_t>(asked.fd());
  return kind << 32 | description;
}

}  // namespace inturn::preload
