#pragma once

#include <cstdint>

#include "inturn/types.hpp"

namespace inturn::table {

// The word of a slot: everything that has to change at once, in 64 bits.
//
//   bits 0..2   state
//   bits 3..4   mode
//   bit  5      told: a HELD that has taken over the news of an earlier death (see docs/protocol.md, 7)
//   bits 6..63  ticket, 0 while FREE and ENTERING
//
// A ticket is used once. So QUEUED, HELD and DIED words never come again: whoever finds the same word
// twice has found the same request, in the same state all the while.
//
//   free      no request; only the lane's owner may write the slot's data
//   entering  announced; has, or is about to take, a ticket that nobody can see yet
//   queued    in the order
//   held      granted
//   died      was held exclusively (or told) by one who is dead; in nobody's way; a message for the next
//   upgrading reserved for conversion; a word with it, or with an unknown state, counts as free
enum class state : std::uint8_t { free, entering, queued, held, upgrading, died };

using word = std::uint64_t;
using ticket = std::uint64_t;

inline constexpr word free_word = 0;
inline constexpr ticket max_ticket = (ticket{1} << 58) - 1;
inline constexpr word told_bit = 1U << 5;

constexpr word make_word(state s, mode m, ticket t) noexcept {
  return static_cast<word>(s) | static_cast<word>(m) << 3 | t << 6;
}
constexpr state state_of(word w) noexcept { return static_cast<state>(w & 7); }
constexpr mode mode_of(word w) noexcept { return static_cast<mode>(w >> 3 & 3); }
constexpr ticket ticket_of(word w) noexcept { return w >> 6; }
constexpr bool is_told(word w) noexcept { return (w & told_bit) != 0; }

/// Has a ticket, and is in the way of later ones.
constexpr bool is_live(word w) noexcept {
  return state_of(w) == state::queued || state_of(w) == state::held;
}

/// A dead holder's word of which the next holder has to hear: its data may be half-written.
constexpr bool leaves_news(word w) noexcept {
  return state_of(w) == state::held && (mode_of(w) == mode::exclusive || is_told(w));
}

/// shared goes with shared, and with one update; nothing else goes together.
/// (A word that a hostile peer wrote may carry the fourth value: it conflicts with everything.)
constexpr bool modes_conflict(mode a, mode b) noexcept {
  return !(a == mode::shared && b == mode::shared) && !(a == mode::shared && b == mode::update) &&
         !(a == mode::update && b == mode::shared);
}

/// A range as the table keeps it: both ends included, so that "to the end" needs no special case.
struct extent {
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
};

constexpr bool overlap(extent a, extent b) noexcept {
  return a.first <= b.last && b.first <= a.last;
}

/// False for a range that goes beyond 2^64 - 1.
bool to_extent(range given, extent& out) noexcept;
range to_range(extent e) noexcept;

/// What is asked for, without a place in the order.
struct request {
  inturn::mode mode = mode::exclusive;
  extent where{};
  std::uint64_t agent = 0;
};

constexpr bool conflict(mode a, extent x, mode b, extent y) noexcept {
  return modes_conflict(a, b) && overlap(x, y);
}

}  // namespace inturn::table
