#include "preload/claim.hpp"

#include <sys/mman.h>

#include "preload/log.hpp"
#include "preload/system.hpp"
#include "preload/world.hpp"
#include "table/bury.hpp"

namespace inturn::preload {
namespace {

int set_byte(int fd, std::uint32_t lane, short type) {
  struct flock byte {};
  byte.l_type = type;
  byte.l_whence = SEEK_SET;
  byte.l_start = static_cast<off_t>(region::claim_byte(lane));
  byte.l_len = 1;
  return sys::control(fd, F_OFD_SETLK, &byte);
}

/// Makes sure that the lane's memory exists on disk: touching it can then no more fail (SIGBUS).
bool reserve(int fd, std::uint32_t lane) {
  const auto at = static_cast<long>(sizeof(region::header) + lane * sizeof(table::lane));
  const auto page = static_cast<long>(region::page);
  const long reserved = sys::call(SYS_fallocate, fd, 0L, at - at % page, page);
  if (reserved != -EOPNOTSUPP && reserved != -ENOSYS) return reserved == 0;
  constexpr std::uint64_t zero = 0;
  const auto unused = static_cast<long>(offsetof(table::lane, unused));
  return sys::call(SYS_pwrite64, fd, &zero, sizeof zero, at + unused) ==
         static_cast<long>(sizeof zero);
}

/// The claim becomes the mapping's: no close drops it, no child inherits it. nullptr: it cannot be mapped.
void* keep(int fd) {
  void* const at = ::mmap(nullptr, region::page, PROT_NONE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return nullptr;
  if (::madvise(at, region::page, MADV_DONTFORK) == 0) return at;
  ::munmap(at, region::page);
  return nullptr;
}

std::uint32_t usable_slots(world& w, std::uint32_t lane) {
  std::uint32_t usable = 0;
  for (std::uint32_t i = 0; i < table::slots_per_lane; ++i)
    if (w.load(w.table().word_of({lane, i})) == table::free_word) usable |= 1U << i;
  return usable;
}

void describe(const table::view& t, std::uint32_t lane, std::uint32_t slots) {
  own_process& me = *own();
  for (std::uint32_t i = 0; i < table::slots_per_lane; ++i) {
    if ((slots >> i & 1) == 0) continue;
    auto& data = t.data_of({lane, i});
    // For people: any staleness is legal.
    data.pid.store(me.pid.load(std::memory_order_relaxed), std::memory_order_relaxed);
    data.pid_namespace.store(my_pid_namespace(), std::memory_order_relaxed);
  }
}

/// Looks for a lane that nobody owns, and claims it through `fd`. False: none.
bool claim_one(int fd, const side_region& side, own_lane& out) {
  world w(side);
  const table::view t = w.table();
  for (std::uint32_t lane = 0; lane < t.lane_count; ++lane) {
    // Never touch a lane that nobody has used yet before its memory is reserved.
    if ((w.load(t.shared->used[lane / 64]) >> lane % 64 & 1) != 0) {
      if (!w.certainly_dead(lane)) continue;
      table::bury_lane(w, lane, false);
    }
    if (set_byte(fd, lane, F_WRLCK) != 0) continue;
    if (!reserve(fd, lane)) return false;
    table::bury_lane(w, lane, true);
    const std::uint32_t usable = usable_slots(w, lane);
    if (usable == 0) {  // full of messages of the dead
      set_byte(fd, lane, F_UNLCK);
      continue;
    }
    describe(t, lane, usable);
    void* const kept = keep(fd);
    if (kept == nullptr) return false;
    table::mark_used(w, lane);
    out.claim.store(kept);
    out.free.store(usable);
    out.number_plus_1.store(lane + 1);
    return true;
  }
  return false;
}

}  // namespace

bool claim_lane(int lock_file_fd, const side_region& side, own_file& mine) {
  own_lane* free = nullptr;
  for (own_lane& each : mine.lanes)
    if (free == nullptr && each.number_plus_1.load() == 0) free = &each;
  if (free == nullptr) {
    say(lock_file_fd, "out of turn: too many threads of this process wait for it");
    return false;
  }
  const int fd = describe_anew(side);
  if (fd < 0) {
    say(lock_file_fd, "out of turn: the queue's file cannot be opened anew", -fd);
    return false;
  }
  bool claimed = claim_one(fd, side, *free);
  sys::close(fd);
  // Another thread may have closed our descriptor, and opened something else in its place, in between.
  if (claimed && is_certainly_dead(side, free->number_plus_1.load() - 1)) {
    free->number_plus_1.store(0);
    ::munmap(free->claim.load(), region::page);
    claimed = false;
  }
  if (!claimed) say(lock_file_fd, "out of turn: there is no room in the queue");
  return claimed;
}

void give_up_lanes(const side_region& side, own_file& mine) {
  world w(side);
  for (own_lane& each : mine.lanes) {
    const std::uint32_t number = each.number_plus_1.load();
    if (number == 0) continue;
    const std::uint32_t lane = number - 1;
    bool empty = true;
    for (std::uint32_t i = 0; i < table::slots_per_lane; ++i)
      empty = empty && w.load(w.table().word_of({lane, i})) == table::free_word;
    if (empty) w.clear_bits(w.table().shared->used[lane / 64], std::uint64_t{1} << lane % 64);
    each.number_plus_1.store(0);
    ::munmap(each.claim.load(), region::page);
  }
}

}  // namespace inturn::preload
