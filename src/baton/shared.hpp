#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "baton/words.hpp"

// What the members of a baton share: the last 32 bytes of a file. What is before them are the bytes that
// are handed on with the turn; nothing else is in the file. Numbers are in the machine's own order.

namespace inturn::relay {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

/// "btn" and the format's version. Not 0: 64 fresh bytes are no baton.
inline constexpr std::uint32_t magic = 0x016e7462;
inline constexpr std::uint32_t magic_of_any_version = 0x006e7462;

struct alignas(32) shared_words {
  /// words.hpp. Whoever has the turn, joins, leaves, or has found a member dead; by CAS from the word that
  /// was looked at. Who waits for members sleeps on its upper half.
  std::atomic<word> turn;

  /// How many turns have been taken. Who takes one adds one.
  std::atomic<std::uint64_t> number;

  /// How many of the bytes come with the turn. Only who has the turn writes it, after the bytes and each time
  /// before it hands on. What one has written who died before that is not to be read.
  std::atomic<std::uint64_t> length;

  /// A bit a place: sleeps, or is about to, on this very word. Its owner sets it and clears it. Anybody may
  /// clear it, and then owes its owner a wake-up. One that a dead member left costs a wake-up of nobody.
  std::atomic<std::uint32_t> parked;

  /// Written before anybody else can see the file; never changes.
  std::atomic<std::uint32_t> magic;
};
static_assert(sizeof(shared_words) == 32);
static_assert(offsetof(shared_words, number) == 8);
static_assert(offsetof(shared_words, length) == 16);
static_assert(offsetof(shared_words, parked) == 24);
static_assert(offsetof(shared_words, magic) == 28);

/// The half of the turn that says who is a member.
inline const void* upper_half(const shared_words& shared) noexcept {
  const auto* halves = reinterpret_cast<const std::uint32_t*>(&shared.turn);
  return halves + (std::endian::native == std::endian::little ? 1 : 0);
}

/// A member's claim is an exclusive OFD lock on this byte of the file (docs/liveness.md): far behind all
/// data, so that kernel locks on the data do not meet it, unless they go to the end.
constexpr std::uint64_t claim_byte(unsigned place) noexcept {
  return (std::uint64_t{1} << 62) + place;
}

/// As long as the bytes may be.
inline constexpr std::uint64_t max_capacity = std::uint64_t{1} << 30;

/// A file's size for so many bytes, rounded up so that the words are aligned.
constexpr std::uint64_t size_for(std::uint64_t capacity) noexcept {
  return (capacity + sizeof(shared_words) - 1) / sizeof(shared_words) * sizeof(shared_words) +
         sizeof(shared_words);
}

}  // namespace inturn::relay
