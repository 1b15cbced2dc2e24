#include <cerrno>
#include <memory>

#include "measure/experiments/all.hpp"
#include "measure/party.hpp"

// One holds A and asks for B, another holds B and asks for A. Is one of them told so? Where a mechanism locks
// bytes, A and B are two bytes of one file, and then also two files.

namespace inturn::measure {
namespace {

lock_place* second_place = nullptr;  // set before the parties fork

/// A party's end on the second place; opened by itself.
lock_end& second_end() {
  static const std::unique_ptr<lock_end> end = second_place->open();
  return *end;
}

struct two_locks {
  deed lock_a, lock_b;
};

constexpr two_locks bytes{[](actor& me) { me.end.lock_byte(0); },
                          [](actor& me) { me.end.lock_byte(1); }};
constexpr two_locks files{[](actor& me) { me.end.lock(); }, [](actor&) { second_end().lock(); }};

bool is_detected(const setting& here, lock_place& place, const two_locks& these) {
  const shared<scene> where;
  party one(place, *where);
  party other(place, *where);
  one.must(these.lock_a);
  other.must(these.lock_b);
  one.must_wait(these.lock_b);
  other.tell(these.lock_a);
  // Whoever finds it out may do so late, when both have waited for a time.
  const auto a_while = here.either(std::chrono::milliseconds(300), std::chrono::milliseconds(2000));
  const bool told = other.settle(a_while) != outcome::waits || one.is_done({});
  if (!told) return false;
  for (const party* each : {&one, &other})
    if (each->error() == EDEADLK) return true;
  throw std::runtime_error("two were granted what the other one holds");
}

void ask(const setting& here, subject& whose) {
  if (whose.how().can.ranges) {
    const auto place = whose.how().make(here.where);
    whose.add("detected", is_detected(here, *place, bytes), {{"files", 1.0}});
  }
  const auto first = whose.how().make(here.where);
  const auto second = whose.how().make(here.where);
  second_place = second.get();
  whose.add("detected", is_detected(here, *first, files), {{"files", 2.0}});
}

std::string unfit(const mechanism& m) {
  return m.is.excludes ? "" : "all are on one open file description: nobody waits for anybody";
}

}  // namespace

experiment deadlock_experiment() {
  return {"deadlock",
          "One holds A and wants B, another holds B and wants A: is one of them told so?",
          {{"detected", "bool", "one of the two calls failed with EDEADLK"}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
