#include <map>

#include "measure/crowd.hpp"
#include "measure/experiments/all.hpp"
#include "measure/interruption.hpp"
#include "measure/ticks.hpp"

// n processes, each of which locks, stays inside, and unlocks, again and again.

namespace inturn::measure {
namespace {

constexpr unsigned crowds[] = {2, 4, 8, 32};
constexpr double sections_us[] = {0, 1, 10};

/// One mechanism's rounds of one cell.
struct series {
  std::vector<double> rate, p50, p999, most, jain, in_a_row, cpu;
  histogram waits;
  std::uint64_t overlaps = 0;
  std::string failure;

  void add(const crowded& round) {
    const double ns = ticks::ns_per_tick();
    rate.push_back(round.grants_per_second);
    p50.push_back(round.waits_ticks.quantile(0.5) * ns);
    p999.push_back(round.waits_ticks.quantile(0.999) * ns);
    most.push_back(static_cast<double>(round.waits_ticks.most()) * ns);
    jain.push_back(round.jain);
    in_a_row.push_back(static_cast<double>(round.max_in_a_row));
    cpu.push_back(round.cpu_per_grant_ns);
    waits.add(round.waits_ticks);
    overlaps += round.overlaps;
  }
};

void report(subject& whose, const series& of, const crowding& how) {
  const std::vector<parameter> with{{"processes", static_cast<double>(how.processes)},
                                    {"section_us", how.section_us}};
  if (!of.failure.empty()) {
    whose.skip("grants_per_second", of.failure, with);
    return;
  }
  whose.add("grants_per_second", spread_of(of.rate), with);
  whose.add("p50_wait", spread_of(of.p50), with);
  whose.add("p999_wait", spread_of(of.p999), with);
  whose.add("max_wait", spread_of(of.most), with);
  whose.add("jain", spread_of(of.jain), with);
  whose.add("max_in_a_row", quantile(of.in_a_row, 1), with);
  whose.add("cpu_per_grant", spread_of(of.cpu), with);
  whose.add("overlaps", static_cast<double>(of.overlaps), with);
  waits seen;
  seen.processes = how.processes;
  seen.section_us = how.section_us;
  for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0})
    seen.quantiles.emplace_back(q, of.waits.quantile(q) * ticks::ns_per_tick());
  whose.add(std::move(seen));
}

void one_round(const setting& here, const subject& whose, const crowding& how, series& of) {
  if (!of.failure.empty()) return;
  try {
    of.add(crowd_together(*whose.how().make(here.where), how));
  } catch (const interrupted&) {
    throw;
  } catch (const std::exception& e) {
    of.failure = std::string("failed: ") + e.what();
  }
}

/// As many rounds as there are to be, but fewer when the machine is so busy that they take too long.
template <class Late>
void measure_cell(const setting& here, std::vector<subject>& all, const crowding& how, Late late) {
  std::vector<series> found(all.size());
  const int rounds = here.either(3, 7);
  for (int round = 0; round == 0 || (round < rounds && !late()); ++round)
    for (std::size_t i = 0; i < all.size(); ++i) {
      here.doing(std::to_string(how.processes) + " processes, " +
                 std::to_string(static_cast<int>(how.section_us)) + " us: " + all[i].name());
      one_round(here, all[i], how, found[i]);
    }
  for (std::size_t i = 0; i < all.size(); ++i) report(all[i], found[i], how);
}

std::string unfit(const mechanism& m) {
  return m.is.excludes ? "" : "all are on one open file description: nobody waits for anybody";
}

void run(const setting& here, std::vector<subject>& all) {
  using std::chrono::milliseconds;
  const budget time_left(here.either(std::chrono::seconds(18), std::chrono::seconds(300)));
  constexpr double cells = std::size(crowds) * std::size(sections_us);
  double cell = 0;
  for (const unsigned processes : crowds)
    for (const double section : sections_us) {
      const milliseconds time = here.quick() ? milliseconds(15) : milliseconds(100);
      ++cell;
      measure_cell(here, all, {processes, section, processes > 8 ? 2 * time : time},
                   [&] { return time_left.is_spent(cell / cells); });
    }
}

}  // namespace

experiment contention_experiment() {
  return {"contention",
          "n processes, each inside for s microseconds: how many grants, and who waits how long?",
          {{"grants_per_second", "per_second", "grants to all processes together"},
           {"p50_wait", "ns", "half of all grants were waited for less long"},
           {"p999_wait", "ns", "all but one of a thousand grants were waited for less long"},
           {"max_wait", "ns", "the longest wait of a round"},
           {"jain", "ratio", "1: all were granted as often; 1/n: one was granted always"},
           {"max_in_a_row", "count", "grants in a row to one while another was asleep, waiting"},
           {"cpu_per_grant", "ns", "CPU time of all processes, for each grant"},
           {"overlaps", "count", "two inside at once", true}},
          unfit,
          run};
}

}  // namespace inturn::measure
