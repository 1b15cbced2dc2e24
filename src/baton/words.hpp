#pragma once

#include <bit>
#include <cstdint>

// The word of a baton: all that has to change at once, in 64 bits. Pure.
//
//   bits 0..4    place: who has the turn (or had it last)
//   bits 5..6    what the turn is
//   bit  7       news: one who had taken the turn died with it, and nobody has been told yet
//   bits 8..31   joins: how many have joined, modulo 2^24
//   bits 32..63  members, a bit a place
//
//   lying   nobody is a member: the first who comes has it
//   given   handed to the place, which has not come for it yet
//   taken   the place has it
// A word of another state, or one that lies though there are members, was written by a hostile peer.

namespace inturn::relay {

using word = std::uint64_t;

inline constexpr unsigned max_members = 32;

enum class state : std::uint8_t { lying, given, taken };

constexpr unsigned place_of(word w) noexcept { return static_cast<unsigned>(w & 31); }
constexpr state state_of(word w) noexcept { return static_cast<state>(w >> 5 & 3); }
constexpr bool has_news(word w) noexcept { return (w >> 7 & 1) != 0; }
constexpr std::uint32_t joins_of(word w) noexcept {
  return static_cast<std::uint32_t>(w >> 8 & 0xffffff);
}
constexpr std::uint32_t members_of(word w) noexcept { return static_cast<std::uint32_t>(w >> 32); }

constexpr std::uint32_t bit_of(unsigned place) noexcept { return std::uint32_t{1} << place; }
constexpr bool is_member(word w, unsigned place) noexcept {
  return (members_of(w) & bit_of(place)) != 0;
}
/// Has the turn, or has been handed it.
constexpr bool is_at(word w, unsigned place) noexcept {
  return (state_of(w) == state::given || state_of(w) == state::taken) && place_of(w) == place;
}
constexpr bool has_taken(word w, unsigned place) noexcept {
  return state_of(w) == state::taken && place_of(w) == place;
}

constexpr word make_word(state s, unsigned place, bool news, std::uint32_t joins,
                         std::uint32_t members) noexcept {
  return word{place} | static_cast<word>(s) << 5 | word{news} << 7 | word{joins & 0xffffff} << 8 |
         word{members} << 32;
}

/// The first of these members after the place, in the circle; the place itself last. Some are members.
constexpr unsigned next_after(unsigned place, std::uint32_t members) noexcept {
  const std::uint32_t turned = std::rotr(members, static_cast<int>(place + 1));
  return (place + 1 + static_cast<unsigned>(std::countr_zero(turned))) % max_members;
}

/// How many members are passed on the way from who has the turn to that place: 1 is the next.
constexpr unsigned distance(word w, unsigned place) noexcept {
  const std::uint32_t turned = std::rotr(members_of(w), static_cast<int>(place_of(w) + 1));
  const unsigned way = (place - place_of(w) - 1) % max_members;
  return 1 + static_cast<unsigned>(std::popcount(turned & (bit_of(way) - 1)));
}

// The steps. Each is one CAS from the word that it was reckoned from.

/// The turn goes to that place. news: somebody has to be told.
constexpr word give(word w, unsigned place, bool news) noexcept {
  return make_word(state::given, place, news, joins_of(w), members_of(w));
}
/// Who was handed the turn takes it, and with it the news.
constexpr word take(word w) noexcept {
  return make_word(state::taken, place_of(w), false, joins_of(w), members_of(w));
}
/// To the next in the circle; it lies, when there is nobody.
constexpr word pass_on(word w, bool news) noexcept {
  if (members_of(w) == 0) return make_word(state::lying, place_of(w), news, joins_of(w), 0);
  return give(w, next_after(place_of(w), members_of(w)), news);
}
/// Without that member, which has left in order, or died: what it had goes on, and its death is news if
/// it had taken the turn.
constexpr word without(word w, unsigned place, bool died) noexcept {
  const word rest =
      make_word(state_of(w), place_of(w), has_news(w), joins_of(w), members_of(w) & ~bit_of(place));
  if (!is_at(w, place)) return rest;
  return pass_on(rest, has_news(w) || (died && has_taken(w, place)));
}
/// With a new member: whoever held that place before is gone.
constexpr word with(word w, unsigned place) noexcept {
  const word rest = without(w, place, true);
  const word more = make_word(state_of(rest), place_of(rest), has_news(rest), joins_of(rest) + 1,
                              members_of(rest) | bit_of(place));
  return members_of(rest) == 0 ? give(more, place, has_news(rest)) : more;
}

}  // namespace inturn::relay
