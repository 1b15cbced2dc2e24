#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "baton/protocol.hpp"

// The members' code, one access at a time: a run of it is begun anew with the answers that it has had, and
// stops at the first access for which it has none.

namespace inturn::explore_baton {

using relay::word;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

inline constexpr unsigned most_processes = 4;
inline constexpr unsigned nobody = 99;

enum class call : std::uint8_t { join, wait, try_wait, hand_on, hand_to, leave };

/// What a process does: one call after another; then it is no member any more.
struct step {
  call what;
  unsigned place = nobody;  // join: the wanted one; hand_to: whom
};
using script = std::vector<step>;

enum class op : std::uint8_t {
  none,
  load64,
  cas,
  add,
  load32,
  set_bits,
  clear_bits,
  certainly_dead,
  claim,
  wake,
  wake_counters,
  sleep,
  over
};
enum class cell : std::uint8_t { turn, number, parked, none };

/// An access that the code wants to make.
struct access {
  op what = op::none;
  cell at = cell::none;
  u64 a = 0, b = 0;
};

/// A call is over.
struct result {
  relay::ending how{};
  unsigned place = nobody;  // join: which one it was
  bool news = false;
};

/// The world of a rehearsal: answers from a list, and throws `enough` when there are no more.
class sim_world {
 public:
  struct enough {};
  sim_world(const std::vector<u64>& answers) : answers_(answers) {}

  relay::shared_words& shared() { return words(); }
  u64 load(std::atomic<u64>& a) { return ask({op::load64, cell_of(a)}); }
  bool cas(std::atomic<u64>& a, u64 from, u64 to) {
    return ask({op::cas, cell_of(a), from, to}) != 0;
  }
  u64 add(std::atomic<u64>& a, u64 n) { return ask({op::add, cell_of(a), n}); }
  u32 load(std::atomic<u32>&) { return narrow(ask({op::load32, cell::parked})); }
  u32 set_bits(std::atomic<u32>&, u32 bits) {
    return narrow(ask({op::set_bits, cell::parked, bits}));
  }
  u32 clear_bits(std::atomic<u32>&, u32 bits) {
    return narrow(ask({op::clear_bits, cell::parked, bits}));
  }
  bool certainly_dead(unsigned place) { return ask({op::certainly_dead, cell::none, place}) != 0; }
  bool claim(unsigned place) { return ask({op::claim, cell::none, place}) != 0; }
  void wake(unsigned place) { ask({op::wake, cell::none, place}); }
  void wake_counters() {}
  bool sleep(unsigned me, u32 parked, unsigned) {
    return ask({op::sleep, cell::none, me, parked}) != 0;
  }
  static bool watch(word) { return false; }
  bool over() { return time_is_over; }

  bool time_is_over = false;
  access wanted;

 private:
  static relay::shared_words& words() {
    static relay::shared_words names{};
    return names;
  }
  static cell cell_of(const std::atomic<u64>& a) {
    return &a == &words().turn ? cell::turn : cell::number;
  }
  static u32 narrow(u64 v) { return static_cast<u32>(v); }
  u64 ask(const access& asked) {
    if (next_ < answers_.size()) return answers_[next_++];
    wanted = asked;
    throw enough{};
  }

  const std::vector<u64>& answers_;
  std::size_t next_ = 0;
};
static_assert(relay::world<sim_world>);

/// Runs one call with these answers. True: it is over, with `out`; false: it wants `next`.
inline bool rehearse(const step& s, unsigned me, const std::vector<u64>& answers, access& next,
                     result& out) {
  sim_world w(answers);
  relay::grant got;
  try {
    switch (s.what) {
      case call::join:
        out.how = s.place == nobody ? relay::join(w, 0, relay::max_members - 1, out.place)
                                    : relay::join(w, s.place, s.place, out.place);
        break;
      case call::try_wait:
        w.time_is_over = true;
        [[fallthrough]];
      case call::wait:
        out.how = relay::wait_for_turn(w, me).run(got);
        break;
      case call::hand_on:
        out.how = relay::hand_on(w, me, {});
        break;
      case call::hand_to:
        out.how = relay::hand_on(w, me, s.place);
        break;
      case call::leave:
        out.how = relay::leave(w, me);
        break;
    }
  } catch (const sim_world::enough&) {
    next = w.wanted;
    return false;
  }
  out.news = got.news;
  return true;
}

}  // namespace inturn::explore_baton
