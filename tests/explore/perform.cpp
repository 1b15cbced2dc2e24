#include "explore/perform.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>

#include "table/acquire.hpp"

// The only file here that contains the code of src/table: the mutations compile nothing else anew.

namespace inturn::explore {

static_assert(table::world<sim_world>);

namespace {

// Never written to: its addresses are names of places.
struct {
  table::counters shared;
  table::lane lanes[max_lanes];
} atlas;

place find_place(const void* address) {
  const auto offset_in = [&](const void* base) {
    return static_cast<std::size_t>(static_cast<const char*>(address) -
                                    static_cast<const char*>(base));
  };
  if (address == &atlas.shared.next_ticket) return next_ticket;
  if (address == &atlas.shared.parked_upto) return parked_upto;
  if (address == &atlas.shared.used[0]) return used;
  for (unsigned i = 0; i < table::used_summary_words; ++i)
    if (address == &atlas.shared.used_summary[i]) return static_cast<place>(used_summary + i);

  const std::size_t at = offset_in(atlas.lanes);
  if (at >= sizeof atlas.lanes) throw std::logic_error("an access to memory that is not simulated");
  const auto lane = static_cast<std::uint32_t>(at / sizeof(table::lane));
  const auto in_lane = at % sizeof(table::lane);
  if (in_lane < offsetof(table::lane, data))
    return place_of({lane, static_cast<std::uint32_t>(in_lane / sizeof(table::word))}, field::word);
  const auto in_data = in_lane - offsetof(table::lane, data);
  const slot_id id{lane, static_cast<std::uint32_t>(in_data / sizeof(table::slot_data))};
  switch (in_data % sizeof(table::slot_data)) {
    case offsetof(table::slot_data, first):
      return place_of(id, field::first);
    case offsetof(table::slot_data, last):
      return place_of(id, field::last);
    case offsetof(table::slot_data, agent):
      return place_of(id, field::agent);
    case offsetof(table::slot_data, parked):
      return place_of(id, field::parked);
    default:
      throw std::logic_error("an access to a field that is not simulated");
  }
}

/// One process: what it remembers between its calls.
class player {
 public:
  player(sim_world& w, const scenario& s, const actor& who)
      : world_(w), scenario_(s), who_(who), lane_(who.lane) {}

  void play() {
    for (std::size_t i = 0; i < who_.script.size(); ++i) {
      remember(i);
      if (!play(who_.script[i], static_cast<u8>(i))) return;
    }
    remember(who_.script.size());
  }

 private:
  struct holding {
    bool any = false;
    table::placed what;
  };

  bool play(const action& a, u8 number) {
    switch (a.what) {
      case action::kind::leave:
        leave(a, number);
        return true;
      case action::kind::claim:
        if (!claim_lane()) return false;
        return true;
      case action::kind::close:
        close();
        return true;
      default:
        acquire(a, number);
        return true;
    }
  }

  // As participant::ask.
  void acquire(const action& a, u8 number) {
    const slot_id me = slot_of(a);
    const table::request asked{a.how, {a.first, a.last}, a.agent};
    if (scenario_.marks && !marked_) table::mark_used(world_, lane_);
    marked_ = true;
    world_.has_deadline = a.what == action::kind::acquire_until;
    world_.tell(event_of(event::kind::calls, a, number));
    if (a.agent != 0) world_.store_release(world_.table().data_of(me).agent, a.agent);
    table::grant got;
    const table::ending end = a.what == action::kind::try_acquire
                                  ? table::try_acquire(world_, me, asked, got)
                                  : table::acquire(world_, me, asked, got);
    if (end != table::ending::granted) {
      event refused = event_of(event::kind::refused, a, number);
      refused.ending = static_cast<u8>(end);
      return world_.tell(refused);
    }
    event granted = event_of(event::kind::granted, a, number);
    granted.news = got.news;
    granted.ticket = got.ticket;
    world_.tell(granted);
    held_[a.slot] = {true, {asked, got.ticket}};
  }

  void leave(const action& a, u8 number) {
    holding& h = held_[a.slot];
    if (!h.any) return;
    world_.tell(event_of(event::kind::leaves, a, number));
    table::leave(world_, slot_of(a), h.what);
    world_.tell(event_of(event::kind::left, a, number));
    h = {};
  }

  // As participant::claim_lane, which takes the first lane that it can have.
  bool claim_lane() {
    for (lane_ = 0; lane_ < world_.table().lane_count; ++lane_) {
      if (!world_.certainly_dead(lane_)) continue;
      table::bury_lane(world_, lane_, false);
      if (!world_.claim(lane_)) continue;
      table::bury_lane(world_, lane_, true);
      for (first_slot_ = 0; first_slot_ < scenario_.slots; ++first_slot_)
        if (world_.load(world_.table().word_of({lane_, first_slot_})) == table::free_word)
          return true;
      world_.unclaim(lane_);  // full of messages of the dead
    }
    return false;
  }

  slot_id slot_of(const action& a) const { return {lane_, first_slot_ + a.slot}; }

  event event_of(event::kind what, const action& a, u8 number) const {
    return {.what = what, .action = number, .slot = static_cast<u8>(slot_of(a).index)};
  }

  // As participant's destructor.
  void close() {
    bool empty = true;
    for (std::uint32_t i = 0; i < table::slots_per_lane; ++i)
      empty &= world_.load(world_.table().word_of({lane_, i})) == table::free_word;
    if (empty) world_.clear_bits(world_.table().shared->used[0], u64{1} << lane_);
    world_.unclaim(lane_);
  }

  /// Between two calls.
  void remember(std::size_t position) {
    u64 situation = ((position * 8 + lane_) * 8 + first_slot_) * 2 + (marked_ ? 1 : 0);
    std::vector<table::ticket> tickets;
    for (const holding& h : held_) {
      situation = situation * 2 + (h.any ? 1 : 0);
      if (h.any) tickets.push_back(h.what.ticket);
    }
    world_.knows_only(situation, std::move(tickets));
  }

  sim_world& world_;
  const scenario& scenario_;
  const actor& who_;
  std::uint32_t lane_;
  std::uint32_t first_slot_ = 0;
  bool marked_ = false;
  std::array<holding, 2> held_;
};

}  // namespace

table::view sim_world::table() const { return {&atlas.shared, atlas.lanes, lanes_}; }

u64 sim_world::ask(op::kind what, const void* at, u64 value, u64 expected) {
  return oracle_.answer({what, find_place(at), value, expected});
}

void perform(sim_world& w, const scenario& s, const actor& who) { player(w, s, who).play(); }

}  // namespace inturn::explore
