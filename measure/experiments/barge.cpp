#include <atomic>

#include "base/clock.hpp"
#include "measure/experiments/all.hpp"
#include "measure/experiments/barge_trace.hpp"
#include "measure/party.hpp"
#include "measure/pause.hpp"

// A holder that unlocks and locks again without pause, and one waiter, asleep: how often does the holder get
// the lock before the waiter does?

namespace inturn::measure {
namespace {

constexpr std::uint64_t longest_ns = 1'000'000'000;

/// What the two tell each other, in shared memory.
struct signals {
  std::atomic<bool> granted{false};
};

signals* between_them = nullptr;  // set before the parties fork

void hold_and_loop(actor& me) {
  std::uint64_t again = 0;
  const std::uint64_t end = base::monotonic_ns() + longest_ns;
  for (;;) {
    unlock(me);
    lock(me);
    if (between_them->granted.load() || base::monotonic_ns() > end) break;
    ++again;
  }
  unlock(me);
  me.self.result = again;
}

void wait_once(actor& me) {
  lock(me);
  between_them->granted = true;
  unlock(me);
}

void ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  const shared<scene> where;
  const shared<signals> signs;
  between_them = &*signs;
  party looper(*place, *where);
  party waiter(*place, *where);
  std::vector<double> again;
  bool capped = false;
  const std::size_t rounds = here.either<std::size_t>(15, 100);
  const budget time_left(here.either(std::chrono::seconds(2), std::chrono::seconds(10)));
  while (again.size() < rounds && (again.empty() || !time_left.is_spent(1))) {
    signs->granted = false;
    looper.must(lock);
    if (!waiter.must_wait(wait_once)) {
      whose.skip("reacquisitions_mean", "the waiter got in while the lock was held: nobody waits");
      whose.skip("reacquisitions_max", "the waiter got in while the lock was held: nobody waits");
      whose.add("overlaps", static_cast<double>(where->overlaps()));
      return;
    }
    looper.must(hold_and_loop);
    again.push_back(static_cast<double>(looper.state().result.load()));
    capped |= !signs->granted.load();
    if (!waiter.is_done(patience)) throw std::runtime_error("the waiter is never granted");
  }
  double sum = 0;
  for (const double each : again) sum += each;
  const std::vector<parameter> with{{"rounds", static_cast<double>(again.size())},
                                    {"capped", capped}};
  whose.add("reacquisitions_mean", sum / static_cast<double>(again.size()), with);
  whose.add("reacquisitions_max", quantile(again, 1), with);
  whose.add("overlaps", static_cast<double>(where->overlaps()));
  whose.add(trace_barging(*place));
}

}  // namespace

experiment barge_experiment() {
  return {"barge",
          "A holder that unlocks and locks again: how often before one sleeping waiter?",
          {{"reacquisitions_mean", "count", "times the holder came back before the waiter", true},
           {"reacquisitions_max", "count", "the most in one round", true},
           {"overlaps", "count", "two inside at once", true}},
          fits,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
