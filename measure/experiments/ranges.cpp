#include <fmt/format.h>

#include <memory>

#include "base/clock.hpp"
#include "measure/experiments/all.hpp"
#include "measure/interruption.hpp"
#include "measure/paced.hpp"
#include "measure/party.hpp"

// Lock and unlock of one byte, while another process holds many others, every second one.

namespace inturn::measure {
namespace {

constexpr std::uint64_t levels[] = {0, 100, 10'000, 100'000};
constexpr std::uint64_t longest_ns = 10'000'000'000;  // for setting up

/// What is there of one mechanism during all levels.
struct bench {
  bench(const setting& here, const subject& whose)
      : place(whose.how().make(here.where)), holder(*place, *where), asker(*place, *where) {}

  std::unique_ptr<lock_place> place;
  shared<scene> where;
  party holder, asker;
  std::vector<double> pairs;
};

/// Up to so many as the argument says; the result is how many there are now. It gives up when it is plain
/// that it takes longer than it may: one more costs in proportion to those that are there, so all of them
/// cost in proportion to the square.
void hold_many(actor& me) {
  const std::uint64_t wanted = me.self.argument.load();
  std::uint64_t held = me.self.result.load();
  const std::uint64_t start = base::monotonic_ns();
  for (; held < wanted; ++held) {
    me.end.lock_byte(2 * held);
    if (held % 64 != 0) continue;
    const auto took = static_cast<double>(base::monotonic_ns() - start);
    const double part = static_cast<double>(held + 1) / static_cast<double>(wanted);
    constexpr double some_time_ns = 5e8;
    if (took > longest_ns || (took > some_time_ns && took / (part * part) > 2.0 * longest_ns))
      break;
  }
  me.self.result = held;
}

std::uint64_t byte_to_lock = 0;  // the asker's own

void go_to(actor& me) { byte_to_lock = me.self.argument.load(); }
void pair(actor& me) {
  note_pace(me, [&](auto n) { me.end.byte_pairs(byte_to_lock, n); });
}

/// Empty: so many are held now. Else why not.
std::string raise(bench& b, std::uint64_t level) {
  const std::uint64_t start = base::monotonic_ns();
  b.holder.must(hold_many, level);
  const std::uint64_t held = b.holder.state().result.load();
  const double seconds = static_cast<double>(base::monotonic_ns() - start) / 1e9;
  if (held < level)
    return fmt::format(
        "{} of {} were held after {:.1f} s: all of them take longer than {} s to set up", held,
        level, seconds, longest_ns / 1'000'000'000);
  b.asker.must(go_to, 2 * (level / 2) + 1);
  return {};
}

std::vector<parameter> with(std::uint64_t level) { return {{"held", static_cast<double>(level)}}; }

/// Asks those that are still there.
class asking_all {
 public:
  asking_all(const setting& here, std::vector<subject>& all) : here_(here) {
    for (subject& each : all) there_.push_back({&each, nullptr});
  }

  /// False, or an exception, ends it for that one alone.
  void each(std::uint64_t level, const std::function<bool(subject&, bench&)>& ask) {
    for (auto& [whose, b] : there_) {
      here_.doing(std::to_string(level) + " held: " + whose->name());
      try {
        if (!b) b = std::make_unique<bench>(here_, *whose);
        if (ask(*whose, *b)) continue;
      } catch (const interrupted&) {
        throw;
      } catch (const std::exception& e) {
        whose->skip("pair", std::string("failed: ") + e.what(), with(level));
      }
      whose = nullptr;
    }
    std::erase_if(there_, [](const auto& one) { return one.first == nullptr; });
  }

 private:
  const setting& here_;
  std::vector<std::pair<subject*, std::unique_ptr<bench>>> there_;
};

void run(const setting& here, std::vector<subject>& all) {
  asking_all those(here, all);
  const int rounds = here.either(5, 15);
  for (const std::uint64_t level : levels) {
    those.each(level, [&](subject& whose, bench& b) {
      const std::string why_not = raise(b, level);
      if (!why_not.empty()) whose.skip("pair", why_not, with(level));
      return why_not.empty();
    });
    for (int round = 0; round < rounds; ++round)
      those.each(level, [&](subject&, bench& b) {
        b.asker.must(pair, pace_ns(here));
        b.pairs.push_back(paced(b.asker));
        return true;
      });
    those.each(level, [&](subject& whose, bench& b) {
      whose.add("pair", spread_of(b.pairs), with(level));
      b.pairs.clear();
      return true;
    });
  }
}

std::string unfit(const mechanism& m) {
  if (!m.is.excludes) return "all are on one open file description: nobody waits for anybody";
  return m.can.ranges ? "" : "it locks no ranges";
}

}  // namespace

experiment ranges_experiment() {
  return {"ranges",
          "Lock and unlock of one byte, while others are held: does it matter how many?",
          {{"pair", "ns", "lock and unlock of one byte"}},
          unfit,
          run};
}

}  // namespace inturn::measure
