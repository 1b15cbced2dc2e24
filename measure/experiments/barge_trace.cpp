#include "measure/experiments/barge_trace.hpp"

#include <atomic>
#include <vector>

#include "base/clock.hpp"
#include "measure/party.hpp"
#include "measure/trace.hpp"

namespace inturn::measure {
namespace {

constexpr std::size_t waiters = 3;
constexpr std::uint64_t section_ns = 50'000;
constexpr std::uint64_t longest_ns = 50'000'000;

struct picture {
  std::atomic<std::size_t> granted{0};
  process_log looper;
  process_log waiting[waiters];
};
picture* drawn = nullptr;  // set before the parties fork

void be_inside(process_log& log, std::uint64_t granted_ns) {
  std::uint64_t now = base::monotonic_ns();
  while (now < granted_ns + section_ns) now = base::monotonic_ns();
  log.holds.add(granted_ns, now);
}

void loop(actor& me) {
  const std::uint64_t end = base::monotonic_ns() + longest_ns;
  std::uint64_t now = 0;
  me.self.granted_ns = base::monotonic_ns();
  do {
    be_inside(drawn->looper, me.self.granted_ns);
    unlock(me);
    lock(me);
    drawn->looper.waited(me.self.asked_ns, me.self.granted_ns);
    now = base::monotonic_ns();
  } while (drawn->granted.load() < waiters && now < end);
  be_inside(drawn->looper, me.self.granted_ns);
  unlock(me);
}

void wait_in_line(actor& me) {
  process_log& mine = drawn->waiting[me.self.argument.load()];
  lock(me);
  mine.waited(me.self.asked_ns, me.self.granted_ns);
  be_inside(mine, me.self.granted_ns);
  ++drawn->granted;
  unlock(me);
}

}  // namespace

trace trace_barging(lock_place& place) {
  const shared<picture> memory;
  const shared<scene> where;
  drawn = &*memory;
  party looper(place, *where);
  std::vector<party> waiting;
  for (std::size_t i = 0; i < waiters; ++i) waiting.emplace_back(place, *where);
  looper.must(lock);
  for (std::size_t i = 0; i < waiters; ++i) {
    waiting[i].tell(wait_in_line, i);
    waiting[i].settle();
  }
  const std::uint64_t start = base::monotonic_ns();
  looper.must(loop);
  for (party& each : waiting)
    if (!each.is_done(patience)) throw std::runtime_error("a waiter is never granted");
  trace seen;
  const std::uint64_t end = base::monotonic_ns();
  seen.end_ns = end - start;
  seen.processes.push_back(as_traced("A", "comes back", memory->looper, start, end));
  for (std::size_t i = 0; i < waiters; ++i)
    seen.processes.push_back(as_traced(std::string(1, static_cast<char>('B' + i)), "waits",
                                       memory->waiting[i], start, end));
  return seen;
}

}  // namespace inturn::measure
