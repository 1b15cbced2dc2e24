#include "preload/files.hpp"

#include "base/clock.hpp"
#include "preload/claim.hpp"
#include "preload/signals.hpp"
#include "preload/world.hpp"

namespace inturn::preload {
namespace {

constexpr std::uint32_t ways = 8;
constexpr std::uint32_t sets = most_files / ways;

constinit file all[most_files];
std::atomic<std::uint64_t> clock_of_uses{0};
std::atomic<std::uint32_t> sides_open{0};

file* set_of(const struct stat& s) {
  const std::uint64_t mixed = (s.st_ino ^ s.st_dev << 7) * 0x9e3779b97f4a7c15U;
  return all + (mixed >> 32) % sets * ways;
}

bool is_it(const file& f, const struct stat& s) {
  return f.now.load() == file::state::ready && f.device.load() == s.st_dev &&
         f.inode.load() == s.st_ino;
}

/// Pinned first, looked at then: whoever wants it gone looks the other way round.
bool pin_if(file& f, const struct stat& s) {
  if (!is_it(f, s)) return false;
  f.pins.fetch_add(1);
  if (is_it(f, s)) return true;
  f.pins.fetch_sub(1);
  return false;
}

/// Empties a place that nobody uses, and keeps it for the caller.
bool clear_out(file& f) {
  file::state ready = file::state::ready;
  if (!f.now.compare_exchange_strong(ready, file::state::changing)) return false;
  if (f.pins.load() != 0) {
    f.now.store(file::state::ready);
    return false;
  }
  if (f.has_side.load()) {
    give_up_lanes(f.side, f.mine());
    close_side(f.side);
    f.has_side.store(false);
    sides_open.fetch_sub(1);
  }
  f.mine().polls.forget();
  return true;
}

bool make_room(file& f) {
  file::state vacant = file::state::vacant;
  return f.now.compare_exchange_strong(vacant, file::state::changing) ||
         (vacant == file::state::ready && clear_out(f));
}

/// The vacant one, or the one that was not used for the longest time.
file* oldest_in(file* set) {
  file* oldest = nullptr;
  for (file* f = set; f != set + ways; ++f) {
    if (f->now.load() == file::state::vacant) return f;
    if (f->now.load() == file::state::changing || f->pins.load() != 0) continue;
    if (oldest == nullptr || f->last_use.load() < oldest->last_use.load()) oldest = f;
  }
  return oldest;
}

file* enter(file* set, const struct stat& s) {
  // A vfork child has descriptors of its own, but its parent's memory.
  if (!is_own_process()) return nullptr;
  for (std::uint32_t tries = 0; tries < ways; ++tries) {
    file* const f = oldest_in(set);
    if (f == nullptr) return nullptr;
    if (!make_room(*f)) continue;
    f->device.store(s.st_dev);
    f->inode.store(s.st_ino);
    f->uses.store(0);
    f->look_again_ns.store(0);
    f->pins.fetch_add(1);
    f->now.store(file::state::ready);
    return f;
  }
  return nullptr;
}

}  // namespace

own_file& file::mine() { return own()->files[this - all]; }

pinned pinned::if_known(const struct stat& looked_at) {
  pinned found;
  if (own() == nullptr) return found;
  file* const set = set_of(looked_at);
  for (file* f = set; f != set + ways && !found; ++f)
    if (pin_if(*f, looked_at)) found.it_ = f;
  if (found)  // which one is the oldest need not be exact
    found.it_->last_use.store(clock_of_uses.fetch_add(1, std::memory_order_relaxed),
                              std::memory_order_relaxed);
  return found;
}

pinned::pinned(const struct stat& looked_at) {
  *this = if_known(looked_at);
  if (it_ == nullptr && own() != nullptr) it_ = enter(set_of(looked_at), looked_at);
  if (it_ != nullptr) it_->uses.fetch_add(1, std::memory_order_relaxed);  // a matter of taste
}

bool have_side(file& which, int fd, const struct stat& looked_at, making how) {
  constexpr std::uint64_t look_every_ns = 20'000'000, for_long_ns = 1'000'000'000;
  if (which.has_side.load()) return true;
  const std::uint64_t now = base::coarse_ns();
  const std::uint64_t not_before = which.look_again_ns.load();
  // What has failed is not tried at every call; what was not there is still to be made if it has to be.
  const bool has_failed = not_before > now && (not_before & 1) != 0;
  if (has_failed || (how == making::no && not_before > now)) return false;
  if (!is_own_process()) return false;
  const all_signals_blocked undisturbed;
  if (!begin_growing()) return false;
  bool opened = which.has_side.load();
  if (!opened) {
    opened = open_side(fd, looked_at, how, which.side);
    if (opened) {
      which.has_side.store(true);
      sides_open.fetch_add(1);
    } else {
      which.look_again_ns.store(how == making::no ? (now + look_every_ns) & ~std::uint64_t{1}
                                                  : (now + for_long_ns) | 1);
    }
  }
  end_growing();
  return opened;
}

bool anybody_anywhere() {
  // One that is opened in this instant has nobody in it whom we would have to tell.
  std::uint32_t left = sides_open.load(std::memory_order_relaxed);
  constexpr std::uint32_t few = 8;
  if (left == 0) return false;
  if (left > few) return true;
  for (file& f : all) {
    if (!f.has_side.load()) continue;
    if (f.now.load() != file::state::ready) return true;
    f.pins.fetch_add(1);
    const bool somebody =
        f.now.load() == file::state::ready && f.has_side.load() && !is_quiet(*f.side.at);
    f.pins.fetch_sub(1);
    if (somebody) return true;
    if (--left == 0) return false;
  }
  return false;
}

}  // namespace inturn::preload
