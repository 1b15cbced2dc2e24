#include "measure/crowd.hpp"

#include <time.h>

#include <atomic>
#include <climits>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/sys.hpp"
#include "measure/child.hpp"
#include "measure/in_a_row.hpp"
#include "measure/pause.hpp"
#include "measure/shared.hpp"
#include "measure/ticks.hpp"

namespace inturn::measure {
namespace {

/// Written by its own process, read by the laboratory at the end.
struct alignas(128) worker {
  histogram waits;
  std::uint64_t grants = 0;
  std::uint64_t cpu_ns = 0;
  std::uint64_t overlaps = 0;
  std::uint64_t longest_row = 0;
};

struct ground {
  std::atomic<std::uint32_t> ready{0};
  std::atomic<std::uint32_t> go{0};
  alignas(128) std::atomic<bool> stop{false};
  /// What the lock protects: who is inside (0: nobody), written and checked by those inside. Plain loads and
  /// stores, ordered by the lock under test: if it does not, that is an overlap.
  alignas(128) std::atomic<std::uint32_t> inside{0};
  last_granted last;
  asking asks[largest_crowd];
  worker workers[largest_crowd];
};

class visitor {
 public:
  visitor(ground& where, unsigned number, unsigned of, std::uint64_t section)
      : where_(where),
        mine_(where.workers[number]),
        me_(number + 1),
        section_(section),
        row_(where.last, {where.asks, of}, number) {}

  void come_and_go(lock_end& end) {
    row_.ask();
    const std::uint64_t asked = ticks::now();
    end.lock();
    const std::uint64_t granted = ticks::now();
    if (where_.inside.load(std::memory_order_relaxed) != 0) ++mine_.overlaps;
    where_.inside.store(me_, std::memory_order_relaxed);
    row_.granted();
    while (ticks::now() - granted < section_) continue;
    // Those who were made to wait longest may be granted only when all others have stopped: their waits
    // count, their grants do not.
    mine_.waits.add(granted - asked);
    if (!where_.stop.load(std::memory_order_relaxed)) ++mine_.grants;
    if (where_.inside.load(std::memory_order_relaxed) != me_) ++mine_.overlaps;
    where_.inside.store(0, std::memory_order_relaxed);
    end.unlock();
  }

  std::uint64_t longest_row() const { return row_.longest(); }

 private:
  ground& where_;
  worker& mine_;
  const std::uint32_t me_;
  const std::uint64_t section_;
  in_a_row row_;
};

void work(lock_place& place, ground& where, unsigned number, const crowding& how) {
  const auto end = place.open();
  end->lock();  // what a lock does once only is not what is measured
  end->unlock();
  where.asks[number].pid = ::getpid();
  visitor me(where, number, how.processes, ticks::from_ns(how.section_us * 1000));
  where.ready.fetch_add(1);
  while (where.go.load() == 0) base::sys.futex_wait(&where.go, 0, nullptr);
  const std::uint64_t before = base::nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  while (!where.stop.load(std::memory_order_relaxed)) me.come_and_go(*end);
  worker& mine = where.workers[number];
  mine.cpu_ns = base::nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
  mine.longest_row = me.longest_row();
}

crowded add_up(const ground& where, unsigned processes, std::uint64_t time_ns) {
  crowded all;
  std::vector<double> shares;
  double grants = 0;
  double cpu_ns = 0;
  for (unsigned i = 0; i < processes; ++i) {
    const worker& each = where.workers[i];
    shares.push_back(static_cast<double>(each.grants));
    grants += static_cast<double>(each.grants);
    cpu_ns += static_cast<double>(each.cpu_ns);
    all.overlaps += each.overlaps;
    all.max_in_a_row = std::max(all.max_in_a_row, each.longest_row);
    all.waits_ticks.add(each.waits);
  }
  all.jain = jain(shares);
  all.grants_per_second = grants * 1e9 / static_cast<double>(time_ns);
  all.cpu_per_grant_ns = grants > 0 ? cpu_ns / grants : 0;
  return all;
}

}  // namespace

crowded crowd_together(lock_place& place, const crowding& how) {
  const shared<ground> where;
  std::vector<child> all;
  for (unsigned i = 0; i < how.processes; ++i)
    all.emplace_back([&, i] { work(place, *where, i, how); });
  const auto all_ready = [&] { return where->ready.load() == how.processes; };
  must_come(all_ready, "all processes at the start");
  where->go = 1;
  const std::uint64_t start = base::monotonic_ns();
  base::sys.futex_wake(&where->go, INT_MAX);
  pause_for(how.time);
  where->stop = true;
  const std::uint64_t end = base::monotonic_ns();
  for (child& each : all) each.finish(patience);
  return add_up(*where, how.processes, end - start);
}

}  // namespace inturn::measure
