#include "measure/experiments/all.hpp"
#include "measure/party.hpp"

// A holder; waiters that ask one after the other, each known to be blocked before the next one asks; the
// holder unlocks once. The order of the grants is counted inside the section. Then the same with readers and
// writers in turn, where only pairs that exclude each other count.

namespace inturn::measure {
namespace {

constexpr std::size_t waiters = 8;

struct counted {
  std::uint64_t inverted = 0;
  std::uint64_t pairs = 0;
  /// Some waiter did not wait: there is no queue to be asked about.
  bool nobody_waits = false;
};

class line_up {
 public:
  line_up(lock_place& place, scene& where, bool mixed) : mixed_(mixed), holder_(place, where) {
    for (std::size_t i = 0; i < waiters; ++i) queue_.emplace_back(place, where);
  }

  counted play(int rounds) {
    counted all;
    for (int i = 0; i < rounds && !all.nobody_waits; ++i) play_once(all);
    return all;
  }

 private:
  bool reads(std::size_t i) const { return mixed_ && i % 2 == 0; }

  void play_once(counted& all) {
    holder_.must(lock);
    std::size_t waiting = 0;
    while (waiting < waiters && !all.nobody_waits) {
      all.nobody_waits = !queue_[waiting].must_wait(reads(waiting) ? lock_shared : lock);
      ++waiting;
    }
    holder_.must(unlock);
    let_through(waiting);
    if (!all.nobody_waits) count(all);
  }

  /// Each has to leave before the next can be granted: told as soon as it is in, whoever it is.
  void let_through(std::size_t many) {
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < many; ++i) left.push_back(i);
    const auto all_have_left = [&] {
      std::erase_if(left, [&](std::size_t i) {
        const bool granted = queue_[i].is_done({});
        if (granted) queue_[i].must(reads(i) ? unlock_shared : unlock);
        return granted;
      });
      return left.empty();
    };
    must_come(all_have_left, "the waiters' turn");
  }

  void count(counted& all) const {
    for (std::size_t later = 1; later < waiters; ++later)
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (reads(earlier) && reads(later)) continue;
        ++all.pairs;
        if (queue_[earlier].state().place.load() > queue_[later].state().place.load())
          ++all.inverted;
      }
  }

  const bool mixed_;
  party holder_;
  std::vector<party> queue_;
};

constexpr const char* no_queue = "a waiter got in while the lock was held: nobody queues";

std::int64_t ask(const setting& here, subject& whose, bool mixed, const char* inverted,
                 const char* pairs) {
  const auto place = whose.how().make(here.where);
  const shared<scene> where;
  const counted all = line_up(*place, *where, mixed).play(here.either(10, 100));
  const std::vector<parameter> with{{"waiters", double{waiters}}};
  if (all.nobody_waits) {
    whose.skip(inverted, no_queue, with);
    whose.skip(pairs, no_queue, with);
  } else {
    whose.add(inverted, static_cast<double>(all.inverted), with);
    whose.add(pairs, static_cast<double>(all.pairs), with);
  }
  return where->overlaps();
}

void ask_both(const setting& here, subject& whose) {
  std::int64_t overlaps = ask(here, whose, false, "inverted_pairs", "pairs");
  if (whose.how().can.share) {
    overlaps += ask(here, whose, true, "mixed_inverted_pairs", "mixed_pairs");
  } else {
    whose.skip("mixed_inverted_pairs", needs_sharing(whose.how()));
    whose.skip("mixed_pairs", needs_sharing(whose.how()));
  }
  whose.add("overlaps", static_cast<double>(overlaps));
}

}  // namespace

experiment queue_experiment() {
  return {
      "queue",
      "Waiters that queued in a known order: in what order are they granted?",
      {{"inverted_pairs", "count", "pairs of waiters granted the other way round", true},
       {"pairs", "count", "pairs that were looked at"},
       {"mixed_inverted_pairs", "count", "likewise, a reader and a writer or two writers", true},
       {"mixed_pairs", "count", "such pairs that were looked at"},
       {"overlaps", "count", "two inside at once", true}},
      fits,
      [](const setting& here, std::vector<subject>& all) {
        one_by_one(here, all, [&](subject& each) { ask_both(here, each); });
      }};
}

}  // namespace inturn::measure
