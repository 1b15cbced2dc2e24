#pragma once

#include <cstdint>
#include <string>

#include "table/shared.hpp"

// The shared memory of a simulated table, as a list of places, and what a process may do to one.

namespace inturn::explore {

using u8 = std::uint8_t;
using u64 = std::uint64_t;
using table::slot_id;

inline constexpr unsigned max_lanes = 5;

/// The number of a place.
using place = std::uint16_t;
inline constexpr place next_ticket = 0;
inline constexpr place parked_upto = 1;
inline constexpr place used_summary = 2;                                 // and the following
inline constexpr place used = used_summary + table::used_summary_words;  // the first word of bits
inline constexpr place first_of_lanes = used + 1;

enum class field : u8 { word, first, last, agent, parked };
inline constexpr unsigned fields = 5;
inline constexpr place places = first_of_lanes + max_lanes * table::slots_per_lane * fields;

constexpr place place_of(slot_id id, field f) {
  return static_cast<place>(first_of_lanes + (id.lane * table::slots_per_lane + id.index) * fields +
                            static_cast<unsigned>(f));
}
constexpr bool is_in_lane(place p) { return p >= first_of_lanes; }
constexpr field field_of(place p) { return static_cast<field>((p - first_of_lanes) % fields); }
constexpr slot_id slot_of(place p) {
  const unsigned slot = (p - first_of_lanes) / fields;
  return {slot / table::slots_per_lane, slot % table::slots_per_lane};
}

/// What a process asks of the world: one atomic step.
struct op {
  enum class kind : u8 {
    load,
    store,
    exchange,
    cas,
    add,
    set_bits,
    clear_bits,
    is_dead,  // of a lane: is it certain that its owner is dead?
    claim,    // of a lane: becomes ours if nobody has it
    unclaim,  // of a lane
    sleep,    // on a parked word, while it is 1
    wake,     // who sleeps on a parked word
    is_late,  // is the caller's time over?
    nothing,  // the process has ended
  } what = kind::nothing;
  place at = 0;  // or the lane
  u64 value = 0;
  u64 expected = 0;
};

/// Whether the answer is what stood there; else it is yes or no.
constexpr bool gives_a_value(const op& o) {
  return o.what == op::kind::load || o.what == op::kind::exchange || o.what == op::kind::add;
}

std::string name_of(place p);
std::string describe_word(u64 word);
std::string describe(const op& o, u64 result);

}  // namespace inturn::explore
