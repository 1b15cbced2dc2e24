#include "measure/experiments/side_by_side.hpp"

#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/clock.hpp"
#include "measure/statistics.hpp"
#include "measure/ticks.hpp"

namespace inturn::measure {
namespace {

side_by_side* met = nullptr;

constexpr std::uint64_t chunks_per_batch = 16;
constexpr std::size_t batches_wanted = 15;
constexpr double chunk_ns = 20'000;

std::uint64_t pairs_per_chunk(lock_end& end) {
  for (std::uint64_t n = 1;; n *= 2) {
    const std::uint64_t start = ticks::now();
    end.shared_pairs(n);
    const double took = static_cast<double>(ticks::now() - start) * ticks::ns_per_tick();
    if (took >= chunk_ns / 2) return n;
  }
}

/// How often the CPU was taken from us.
long preemptions() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  return used.ru_nivcsw;
}

/// A batch counts when we had the CPU all the time, and the other one has come along at no less than half of
/// our speed.
void read_side_by_side(actor& me) {
  const std::uint64_t number = me.self.argument.load();
  side_by_side::line& mine = met->of[number];
  const side_by_side::line& other = met->of[1 - number];
  const std::uint64_t pairs = pairs_per_chunk(me.end);
  std::vector<double> valid;
  while (base::monotonic_ns() < met->end_ns.load() && !(mine.satisfied && other.satisfied)) {
    const long preempted = preemptions();
    const std::uint64_t other_before = other.chunks.load();
    const std::uint64_t start = ticks::now();
    for (std::uint64_t i = 0; i < chunks_per_batch; ++i) {
      me.end.shared_pairs(pairs);
      mine.chunks.fetch_add(1, std::memory_order_relaxed);
    }
    const double took = static_cast<double>(ticks::now() - start) * ticks::ns_per_tick();
    if (other.chunks.load() - other_before < chunks_per_batch / 2) continue;
    if (preemptions() != preempted) continue;
    valid.push_back(took / static_cast<double>(pairs * chunks_per_batch));
    if (valid.size() >= batches_wanted) mine.satisfied = true;
  }
  me.self.result = std::bit_cast<std::uint64_t>(quantile(valid, 0.5));
}

double result_of(const party& whose) { return std::bit_cast<double>(whose.state().result.load()); }

}  // namespace

void meet_at(side_by_side& where) { met = &where; }

std::optional<double> pair_side_by_side(side_by_side& where, party& one, party& other,
                                        std::uint64_t longest_ns) {
  for (side_by_side::line& each : where.of) each.satisfied = false;
  where.end_ns = base::monotonic_ns() + longest_ns;
  one.tell(read_side_by_side, 0);
  other.tell(read_side_by_side, 1);
  for (party* each : {&one, &other}) {
    if (!each->is_done(patience)) throw std::runtime_error("two readers do not end");
    if (each->error() != 0)
      throw std::system_error(each->error(), std::generic_category(), "a reader failed");
  }
  const double both = result_of(one) + result_of(other);  // NaN if one has had nothing valid
  if (std::isnan(both)) return {};
  return both / 2;
}

}  // namespace inturn::measure
