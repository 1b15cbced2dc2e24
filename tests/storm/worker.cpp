#include "storm/worker.hpp"

#include <algorithm>
#include <random>

#include "storm/door.hpp"
#include "support/proc.hpp"

namespace inturn::storm {
namespace {

std::size_t mappings(const ground& here) {
  std::size_t count = test::mappings_of("memfd:inturn (deleted)");
  for (const watched_region& each : here.regions())
    if (!each.path.empty()) count += test::mappings_of(each.path);
  return count;
}

class worker {
 public:
  worker(const ground& here, arena& all, const orders& mine)
      : here_(here), all_(all), track_(all.tracks[mine.worker]), broken_(mine.broken) {
    std::seed_seq seed{static_cast<std::uint32_t>(mine.seed), mine.worker, mine.life};
    random_.seed(seed);
    for (const place& each : here.places())
      doors_.push_back(broken_ != nullptr && broken_->make ? broken_->make(each, here.memfd())
                                                           : make_door(each, here.memfd()));
  }

  void run() {
    for (std::uint32_t step = 0; !all_.over.load(); ++step) {
      if (broken_ != nullptr && broken_->in_worker) broken_->in_worker(here_, step);
      if (one_in(200)) doors_[below(doors_.size())]->close();
      const std::uint32_t lock = below(doors_.size());
      // What goes wrong within nanoseconds shows where locks change hands as fast as they can.
      const bool is_native = here_.places()[lock].kind == lock_kind::native;
      hurries_ = is_native && one_in(3);
      for (std::uint32_t n = hurries_ ? below(500) : 1; n > 0; --n) hold_one(lock, no_lock);
    }
    for (auto& each : doors_) each->close();
  }

 private:
  static constexpr std::uint32_t no_lock = ~std::uint32_t{0};

  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

  /// already: what this worker holds while it asks.
  asking choose(std::uint32_t lock, std::uint32_t already) {
    constexpr std::uint64_t cells = 16, ms = 1'000'000;
    const bool is_flock = here_.places()[lock].kind == lock_kind::flock;
    asking how;
    how.exclusive = !one_in(3);
    if (!is_flock && !one_in(4)) {
      how.where.start = below(cells);
      how.where.length = one_in(8) ? 0 : 1 + below(cells - how.where.start);
    }
    // Who waits without end, and holds, does so only where a deadlock is seen.
    const bool may_wait =
        already == no_lock || (already == lock && here_.places()[lock].kind == lock_kind::native);
    how.how = may_wait && !one_in(3)   ? asking::how::wait
              : !hurries_ && one_in(2) ? asking::how::until
                                       : asking::how::attempt;
    how.time_ns = below(one_in(20) ? 50 * ms : 3 * ms);
    return how;
  }

  void hold_one(std::uint32_t lock, std::uint32_t already) {
    const place& at = here_.places()[lock];
    const asking how = choose(lock, already);
    entry& mine = announce(lock, how);
    std::unique_ptr<pass> in = doors_[lock]->enter(how, below(256));
    if (!in) {
      mine.step(phase::refused);
      return;
    }
    mine.step(phase::granted);
    mine.granted_at = base::monotonic_ns();
    mine.ticket = in->ticket;
    mine.in_turn = in->in_turn;
    mine.told = in->told_of_death;
    mine.beat.store(mine.granted_at);
    mine.step(phase::inside);
    if (mine.ticket != 0) all_.note_ticket(at.order, mine.ticket);
    stay(mine);
    if (already == no_lock && !hurries_ && one_in(6))
      hold_one(one_in(2) ? lock : below(doors_.size()), lock);
    mine.live();
    mine.step(phase::leaving);
    if (!one_in(4)) in->release();
    in.reset();
    mine.step(phase::left);
  }

  entry& announce(std::uint32_t lock, const asking& how) {
    entry& mine = track_.next();
    mine.lock = lock;
    mine.exclusive = how.exclusive;
    const bool is_flock = here_.places()[lock].kind == lock_kind::flock;
    table::to_extent(is_flock ? range{} : how.where, mine.where);
    mine.after_ticket = all_.latest[here_.places()[lock].order].load();
    mine.asked_at = base::monotonic_ns();
    track_.begin(mine);
    return mine;
  }

  void stay(entry& mine) {
    if (hurries_) return;
    if (one_in(12)) test::nap(std::chrono::microseconds(below(300)));
    for (std::uint32_t i = one_in(3) ? below(200) : 0; i > 0; --i) mine.live();
    mine.live();
  }

  const ground& here_;
  arena& all_;
  track& track_;
  const fault* const broken_;
  std::mt19937 random_;
  bool hurries_ = false;
  std::vector<std::unique_ptr<door>> doors_;
};

}  // namespace

int work(const ground& here, arena& all, const orders& mine) {
  const auto descriptors = test::open_descriptors();
  const auto mapped = mappings(here);
  worker(here, all, mine).run();
  if (test::open_descriptors() != descriptors) return leaked_descriptor;
  return mappings(here) == mapped ? 0 : leaked_mapping;
}

}  // namespace inturn::storm
