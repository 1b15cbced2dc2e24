#include <atomic>

#include "base/clock.hpp"
#include "measure/experiments/all.hpp"
#include "measure/party.hpp"
#include "measure/pause.hpp"
#include "measure/trace.hpp"

// Readers whose holds overlap, and one writer. A reader leaves when it has read for a while and another one
// is inside: so without the writer the lock is never free. How long does the writer wait?

namespace inturn::measure {
namespace {

constexpr std::size_t readers = 4;

struct reading {
  std::atomic<bool> stop{false};
  process_log reader[readers];
  process_log writer;
};
reading* seen = nullptr;  // set before the parties fork

void read_on(actor& me) {
  const std::uint64_t number = me.self.argument.load();
  process_log& mine = seen->reader[number];
  const auto a_while = std::chrono::milliseconds(6 + 2 * number);
  while (!seen->stop.load()) {
    lock_shared(me);
    mine.waited(me.self.asked_ns, me.self.granted_ns);
    pause_for(a_while);
    // Not longer than twice that: where the writer is let through no other reader can come in.
    for (int i = 0; i < 10 && me.where.readers() < 2 && !seen->stop.load(); ++i)
      pause_for(a_while / 10);
    mine.holds.add(me.self.granted_ns, base::monotonic_ns());
    unlock_shared(me);
  }
}

void write_once(actor& me) {
  lock(me);
  seen->writer.waited(me.self.asked_ns, me.self.granted_ns);
  pause_for(std::chrono::milliseconds(10));
  seen->writer.holds.add(me.self.granted_ns, base::monotonic_ns());
  unlock(me);
}

trace draw(const reading& all, std::uint64_t start, std::uint64_t end) {
  trace drawn;
  drawn.end_ns = end - start;
  for (std::size_t i = 0; i < readers; ++i)
    drawn.processes.push_back(
        as_traced("reader " + std::to_string(i + 1), "reader", all.reader[i], start, end));
  drawn.processes.push_back(as_traced("writer", "writer", all.writer, start, end));
  return drawn;
}

struct waited {
  double seconds;
  bool capped;
};

waited ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  const shared<scene> where;
  const shared<reading> memory;
  seen = &*memory;
  std::vector<party> all;
  for (std::size_t i = 0; i < readers; ++i) all.emplace_back(*place, *where);
  party writer(*place, *where);
  for (std::size_t i = 0; i < readers; ++i) all[i].tell(read_on, i);
  must_come([&] { return where->readers() == readers; }, "all readers inside");
  const std::uint64_t cap = here.either<std::uint64_t>(1'000'000'000, 5'000'000'000);
  const std::uint64_t asked = base::monotonic_ns();
  writer.tell(write_once);
  const bool granted =
      until([&] { return writer.state().granted_ns.load() != 0; }, std::chrono::nanoseconds(cap));
  if (granted) pause_for(std::chrono::milliseconds(60));  // for the picture: what comes after
  const std::uint64_t end = base::monotonic_ns();
  memory->stop = true;
  for (party& each : all)
    if (!each.is_done(patience)) throw std::runtime_error("a reader does not end");
  if (!writer.is_done(patience)) throw std::runtime_error("the writer is never granted");
  whose.add(draw(*memory, asked, end));
  whose.add("overlaps", static_cast<double>(where->overlaps()));
  const std::uint64_t until_ns = granted ? writer.state().granted_ns.load() : end;
  return {static_cast<double>(until_ns - asked) / 1e9, !granted};
}

}  // namespace

experiment starve_experiment() {
  return {"starve",
          "Overlapping readers, one writer: how long does it wait?",
          {{"writer_wait", "s", "until the writer was granted, or the cap"},
           {"capped", "bool", "the writer was not granted before the cap", true},
           {"overlaps", "count", "a writer and somebody else inside at once", true}},
          needs_sharing,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) {
              const waited found = ask(here, each);
              const std::vector<parameter> with{{"readers", double{readers}},
                                                {"cap_s", here.either(1.0, 5.0)}};
              each.add("writer_wait", found.seconds, with);
              each.add("capped", found.capped, with);
            });
          }};
}

}  // namespace inturn::measure
