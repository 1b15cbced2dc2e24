#include "measure/experiments/all.hpp"
#include "measure/party.hpp"

// A holder; waiters that ask one after the other, each known to be blocked before the next one asks; the
// holder unlocks once. The order of the grants is counted inside the section.

namespace inturn::measure {
namespace {

constexpr std::size_t waiters = 8;

struct counted {
  std::uint64_t inverted = 0;
  std::uint64_t pairs = 0;
  /// Some waiter did not wait: there is no queue to be asked about.
  bool nobody_waits = false;
};

counted one_round(party& holder, std::vector<party>& queue) {
  holder.must(lock);
  counted round;
  std::vector<party*> waiting;
  for (party& each : queue) {
    if (each.must_wait(lock))
      waiting.push_back(&each);
    else
      round.nobody_waits = true;
    if (round.nobody_waits) break;
  }
  holder.must(unlock);
  // Each has to leave before the next can be granted: told as soon as it is in, whoever it is.
  std::vector<party*> inside_or_waiting = waiting;
  const auto let_go = [&] {
    std::erase_if(inside_or_waiting, [](party* each) {
      const bool granted = each->is_done({});
      if (granted) each->must(unlock);
      return granted;
    });
    return inside_or_waiting.empty();
  };
  must_come(let_go, "the waiters' turn");
  std::vector<std::uint32_t> order;
  for (const party* each : waiting) order.push_back(each->state().place);
  round.inverted = inverted_pairs(order);
  round.pairs = order.size() * (order.size() - 1) / 2;
  return round;
}

void ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  shared<scene> where;
  party holder(*place, *where);
  std::vector<party> queue;
  for (std::size_t i = 0; i < waiters; ++i) queue.emplace_back(*place, *where);
  const int rounds = here.either(10, 100);
  counted all;
  for (int i = 0; i < rounds && !all.nobody_waits; ++i) {
    const counted round = one_round(holder, queue);
    all.inverted += round.inverted;
    all.pairs += round.pairs;
    all.nobody_waits = round.nobody_waits;
  }
  const std::vector<parameter> with{{"waiters", double{waiters}}};
  if (all.nobody_waits) {
    const char* const why = "a waiter got in while the lock was held: nobody queues";
    whose.skip("inverted_pairs", why, with);
    whose.skip("pairs", why, with);
  } else {
    whose.add("inverted_pairs", static_cast<double>(all.inverted), with);
    whose.add("pairs", static_cast<double>(all.pairs), with);
  }
  whose.add("overlaps", static_cast<double>(where->overlaps()), with);
}

}  // namespace

experiment queue_experiment() {
  return {"queue",
          "Waiters that queued in a known order: in what order are they granted?",
          {{"inverted_pairs", "count", "pairs of waiters granted the other way round", true},
           {"pairs", "count", "pairs that were looked at"},
           {"overlaps", "count", "two inside at once", true}},
          fits,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
