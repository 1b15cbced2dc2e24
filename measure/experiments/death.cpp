#include "base/clock.hpp"
#include "measure/experiments/all.hpp"
#include "measure/party.hpp"

// The holder is killed: when is the one who waits granted? A waiter is killed: is the one behind it granted
// when the holder unlocks?

namespace inturn::measure {
namespace {

using std::chrono::seconds;

/// Not granted by then: never.
seconds never(const setting& here) { return here.either(seconds(1), seconds(5)); }

struct recovery {
  std::vector<double> ns;
  bool capped = false;
};

recovery kill_holders(const setting& here, lock_place& place) {
  recovery all;
  const std::size_t rounds = here.either<std::size_t>(15, 100);
  while (all.ns.size() < rounds && !all.capped) {
    const shared<scene> where;
    party holder(place, *where);
    party waiter(place, *where);
    holder.must(lock);
    if (!waiter.must_wait(lock))
      throw std::runtime_error("nobody waits: the lock does not exclude");
    const std::uint64_t killed = base::monotonic_ns();
    holder.kill();
    all.capped = !waiter.is_done(never(here));
    const std::uint64_t until_ns =
        all.capped ? base::monotonic_ns() : waiter.state().granted_ns.load();
    all.ns.push_back(static_cast<double>(until_ns - killed));
    if (!all.capped) waiter.must(unlock);
  }
  return all;
}

bool dead_waiter_blocks(const setting& here, lock_place& place) {
  const shared<scene> where;
  party holder(place, *where);
  party first(place, *where);
  party second(place, *where);
  holder.must(lock);
  first.must_wait(lock);
  second.must_wait(lock);
  first.kill();
  holder.must(unlock);
  return !second.is_done(never(here));
}

void ask(const setting& here, subject& whose) {
  {
    const auto place = whose.how().make(here.where);
    const recovery found = kill_holders(here, *place);
    const std::vector<parameter> with{{"capped", found.capped},
                                      {"rounds", static_cast<double>(found.ns.size())}};
    whose.add("holder_death_to_grant_p50", quantile(found.ns, 0.5), with);
    whose.add("holder_death_to_grant_p95", quantile(found.ns, 0.95), with);
  }
  const auto place = whose.how().make(here.where);
  whose.add("waiter_death_blocks", dead_waiter_blocks(here, *place));
}

std::string unfit(const mechanism& m) {
  return m.is.excludes ? "" : "all are on one open file description: nobody waits for anybody";
}

}  // namespace

experiment death_experiment() {
  return {"death",
          "The holder, or a waiter, is killed: do the others go on, and how soon?",
          {{"holder_death_to_grant_p50", "ns", "half of the waiters were granted by then"},
           {"holder_death_to_grant_p95", "ns", "19 of 20 waiters were granted by then"},
           {"waiter_death_blocks", "bool", "the one behind was not granted", true}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
