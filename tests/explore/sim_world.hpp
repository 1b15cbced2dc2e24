#pragma once

#include <utility>
#include <vector>

#include "explore/places.hpp"
#include "table/scan.hpp"

// The world in which the real table code runs when it is explored: every access is a question.

namespace inturn::explore {

/// What happened to a call, for the referee.
struct event {
  enum class kind : u8 { calls, granted, refused, leaves, left } what = kind::calls;
  u8 action = 0;  // which of the script
  u8 slot = 0;
  bool news = false;
  u8 ending = 0;  // table::ending
  u64 ticket = 0;
};

/// Who answers. Throws when it has heard enough.
class oracle {
 public:
  virtual ~oracle() = default;
  virtual u64 answer(const op& asked) = 0;
  virtual void hear(const event& e) = 0;
  virtual void pass(table::point where, const table::survey& seen) = 0;
  /// All that the process does from here on follows from these and the answers to come.
  virtual void knows_only(u64 situation, std::vector<table::ticket> tickets) = 0;
};

class sim_world {
 public:
  using u32 = std::uint32_t;

  sim_world(oracle& o, unsigned lanes, bool watches)
      : oracle_(o), lanes_(lanes), watches_(watches) {}

  table::view table() const;

  u64 load(const std::atomic<u64>& a) { return ask(op::kind::load, &a); }
  u32 load(const std::atomic<u32>& a) { return static_cast<u32>(ask(op::kind::load, &a)); }
  u64 load_acquire(const std::atomic<u64>& a) { return ask(op::kind::load, &a); }
  void store_release(std::atomic<u64>& a, u64 v) { ask(op::kind::store, &a, v); }
  void store(std::atomic<u32>& a, u32 v) { ask(op::kind::store, &a, v); }
  u64 exchange(std::atomic<u64>& a, u64 v) { return ask(op::kind::exchange, &a, v); }
  bool cas(std::atomic<u64>& a, u64 from, u64 to) { return ask(op::kind::cas, &a, to, from) != 0; }
  bool cas(std::atomic<u32>& a, u32 from, u32 to) { return ask(op::kind::cas, &a, to, from) != 0; }
  u64 add(std::atomic<u64>& a, u64 n) { return ask(op::kind::add, &a, n); }
  void set_bits(std::atomic<u64>& a, u64 bits) { ask(op::kind::set_bits, &a, bits); }
  void clear_bits(std::atomic<u64>& a, u64 bits) { ask(op::kind::clear_bits, &a, bits); }

  bool certainly_dead(u32 lane) { return ask_lane(op::kind::is_dead, lane); }
  bool wake(std::atomic<u32>& parked) { return ask(op::kind::wake, &parked) != 0; }
  void sleep(std::atomic<u32>& parked, const table::survey&) { ask(op::kind::sleep, &parked); }
  bool watch(const table::survey& seen) {
    return watches_ && load(table().word_of(seen.front.id)) != seen.front.seen;
  }
  bool over() { return has_deadline && oracle_.answer({op::kind::is_late}) != 0; }
  bool weary() { return false; }
  unsigned entering_looks() const { return 1; }
  void pause() {}
  void pass(table::point where, const table::survey& seen) { oracle_.pass(where, seen); }

  // What the table code does not do itself.
  bool claim(u32 lane) { return ask_lane(op::kind::claim, lane); }
  void unclaim(u32 lane) { ask_lane(op::kind::unclaim, lane); }
  void tell(const event& e) { oracle_.hear(e); }
  void knows_only(u64 situation, std::vector<table::ticket> tickets) {
    oracle_.knows_only(situation, std::move(tickets));
  }
  bool has_deadline = false;

 private:
  u64 ask(op::kind what, const void* at, u64 value = 0, u64 expected = 0);
  bool ask_lane(op::kind what, u32 lane) {
    return oracle_.answer({what, static_cast<place>(lane)}) != 0;
  }

  oracle& oracle_;
  unsigned lanes_;
  bool watches_;
};

}  // namespace inturn::explore
