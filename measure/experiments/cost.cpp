#include <memory>
#include <optional>

#include "measure/experiments/all.hpp"
#include "measure/experiments/side_by_side.hpp"
#include "measure/interruption.hpp"
#include "measure/paced.hpp"
#include "measure/party.hpp"

// Lock and unlock with nobody else about; and two readers at once, who should not feel each other.

namespace inturn::measure {
namespace {

/// What is there of one mechanism during all rounds.
struct bench {
  explicit bench(const setting& here, const subject& whose)
      : share(whose.how().can.share), place(whose.how().make(here.where)), one(start()) {}

  bool share;
  std::unique_ptr<lock_place> place;
  shared<scene> where;
  shared<side_by_side> meeting;
  party one;
  std::vector<double> exclusive, reading, reading_beside;

 private:
  party start() {
    meet_at(*meeting);
    return party(*place, *where);
  }
};

void exclusive_pairs(actor& me) {
  note_pace(me, [&](auto n) { me.end.pairs(n); });
}
void shared_pairs(actor& me) {
  note_pace(me, [&](auto n) { me.end.shared_pairs(n); });
}

void one_round(const setting& here, bench& b) {
  b.one.must(exclusive_pairs, pace_ns(here));
  b.exclusive.push_back(paced(b.one));
  if (!b.share) return;
  b.one.must(shared_pairs, pace_ns(here));
  b.reading.push_back(paced(b.one));
  // The second reader is there for this alone: its mere presence must not be in the other figures.
  meet_at(*b.meeting);
  party other(*b.place, *b.where);
  const auto beside =
      pair_side_by_side(*b.meeting, b.one, other, here.either(100, 250) * 1'000'000ULL);
  if (beside) b.reading_beside.push_back(*beside);
}

void run(const setting& here, std::vector<subject>& all) {
  std::vector<std::optional<bench>> benches(all.size());
  const int rounds = here.either(7, 25);
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (round > 0 && !benches[i]) continue;  // has failed
      here.doing(all[i].name());
      try {
        if (round == 0) benches[i].emplace(here, all[i]);
        one_round(here, *benches[i]);
      } catch (const interrupted&) {
        throw;
      } catch (const std::exception& e) {
        all[i].skip_all(std::string("failed: ") + e.what());
        benches[i].reset();
      }
    }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!benches[i]) continue;
    all[i].add("pair_exclusive", spread_of(benches[i]->exclusive));
    if (benches[i]->share) {
      all[i].add("pair_shared", spread_of(benches[i]->reading));
      if (benches[i]->reading_beside.empty())
        all[i].skip("pair_shared_parallel", "two readers were never seen to run at once");
      else
        all[i].add("pair_shared_parallel", spread_of(benches[i]->reading_beside));
    } else {
      all[i].skip("pair_shared", needs_sharing(all[i].how()));
      all[i].skip("pair_shared_parallel", needs_sharing(all[i].how()));
    }
  }
}

}  // namespace

experiment cost_experiment() {
  return {"cost",
          "Nobody else is about: what does it take to lock and unlock?",
          {{"pair_exclusive", "ns", "lock and unlock"},
           {"pair_shared", "ns", "the same, shared"},
           {"pair_shared_parallel", "ns", "the same for each of two readers at once"}},
          fits,
          run};
}

}  // namespace inturn::measure
