#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>

#include "explore/places.hpp"

// Tickets are names: the protocol compares them, and does nothing else with them. States that differ in
// their tickets' numbers, and not in their order, have the same future, and are treated as one.

namespace inturn::explore {

using table::ticket;

/// What a value is, by the place in which it stands.
enum class value_kind : u8 { plain, number, word };

constexpr value_kind kind_of(place p) {
  if (p == next_ticket || p == parked_upto) return value_kind::number;
  return is_in_lane(p) && field_of(p) == field::word ? value_kind::word : value_kind::plain;
}

constexpr ticket ticket_in(value_kind k, u64 value) {
  if (k == value_kind::plain) return 0;
  return k == value_kind::number ? value : table::ticket_of(value);
}

constexpr u64 with_ticket(value_kind k, u64 value, ticket t) {
  if (k == value_kind::plain) return value;
  return k == value_kind::number ? t : (value & 63) | t << 6;
}

/// The tickets that a process knows of, smallest first. 0 means no ticket.
class known_tickets {
 public:
  static constexpr unsigned capacity = 16;

  unsigned size() const { return size_; }
  ticket operator[](unsigned i) const { return all_[i]; }

  void add(ticket t) {
    unsigned at = below(t);
    if (t == 0 || (at < size_ && all_[at] == t)) return;
    if (size_ == capacity) throw std::logic_error("a process that remembers too many tickets");
    for (unsigned i = size_++; i > at; --i) all_[i] = all_[i - 1];
    all_[at] = t;
  }

  /// A ticket said by its place in the order: 0 for none; odd for one that is known; even for a new one.
  unsigned rank(ticket t) const {
    if (t == 0) return 0;
    const unsigned at = below(t);
    return at * 2 + (at < size_ && all_[at] == t ? 1 : 2);
  }

  /// A ticket of that rank.
  ticket at_rank(unsigned rank) const {
    if (rank == 0) return 0;
    if (rank % 2 == 1) return all_[rank / 2];
    const ticket below = rank == 2 ? 0 : all_[rank / 2 - 2];
    const ticket above = rank / 2 - 1 == size_ ? below + (ticket{1} << 48) : all_[rank / 2 - 1];
    return below + (above - below) / 2;
  }

 private:
  unsigned below(ticket t) const {
    unsigned n = 0;
    while (n < size_ && all_[n] < t) ++n;
    return n;
  }

  std::array<ticket, capacity> all_{};
  unsigned size_ = 0;
};

}  // namespace inturn::explore
