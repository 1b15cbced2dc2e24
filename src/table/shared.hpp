#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "table/words.hpp"

// What processes share: plain structs of atomics, no pointers. The layout of a region (region/layout.hpp)
// is a header with these in it.
//
// Unless another reason stands beside an access, words and counters are accessed with sequential
// consistency: the proof (proof/, tests/explore) speaks of one order of all accesses.

namespace inturn::table {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

inline constexpr std::size_t cache_line = 64;
inline constexpr std::uint32_t slots_per_lane = 7;
inline constexpr std::uint32_t max_lanes = 16384;
inline constexpr std::uint32_t no_lane = ~std::uint32_t{0};

/// Everything about a request that is not in its word. One cache line.
struct alignas(cache_line) slot_data {
  /// The range. Owner only, only while the word is FREE. Read between two equal readings of the word.
  std::atomic<std::uint64_t> first;
  std::atomic<std::uint64_t> last;

  /// Who asked (base/identity.hpp). Owner only; while FREE, and set to 0 by detach() while HELD. A stale
  /// reading makes a deadlock be seen late, or reported to one who could still have been let go.
  std::atomic<std::uint64_t> agent;

  /// Monotonic ns (coarse) at which it queued or was granted. Owner only. For people: any staleness is legal.
  std::atomic<std::uint64_t> since;

  /// 1 while its owner sleeps, or is about to, on this very word. The owner sets it to 1 and to 0; anybody
  /// may take it from 1 to 0, and then owes the owner a wake-up.
  std::atomic<std::uint32_t> parked;

  /// For people (show): who asked, and for what kind of lock. Owner only, before ENTERING. Any staleness.
  std::atomic<std::uint32_t> pid;
  std::atomic<std::uint32_t> tid;
  std::atomic<std::uint32_t> pid_namespace;
  std::atomic<std::uint32_t> kind;

  std::uint32_t unused[3];
};
static_assert(sizeof(slot_data) == cache_line);

/// What one participant owns (claim byte: the lane's index). The words are together in a line of their
/// own, because others read only these unless there is a conflict.
struct alignas(cache_line) lane {
  /// Owner: FREE to ENTERING, ENTERING to QUEUED, QUEUED to HELD (by CAS), any to FREE.
  /// Anybody: ENTERING to FREE (wipe); from the exact word of one certainly dead to FREE or DIED;
  /// DIED to FREE.
  std::atomic<word> words[slots_per_lane];
  std::atomic<std::uint64_t> unused;
  slot_data data[slots_per_lane];
};
static_assert(sizeof(lane) == (1 + slots_per_lane) * cache_line);

/// Where a lane counts as used: scanners visit only these. One bit a lane, and one bit a word of bits.
/// A lane's owner sets its bits, bottom up, before its first ENTERING, and clears the lower one when it
/// closes with all its slots FREE. The upper ones stay: clearing them would race with a neighbour. A bit
/// too many costs a look, one too few would hide a request.
inline constexpr std::uint32_t used_words = max_lanes / 64;
inline constexpr std::uint32_t used_summary_words = used_words / 64;

struct counters {
  /// The ticket that will be given out next. Anybody: fetch_add. Only grows.
  alignas(cache_line) std::atomic<ticket> next_ticket;

  /// Nobody sleeps behind a request with a larger ticket than this. Anybody: only grows, before sleeping.
  /// A releaser with a larger ticket has nobody to wake; too large a value costs it a look.
  alignas(cache_line) std::atomic<ticket> parked_upto;

  alignas(cache_line) std::atomic<std::uint64_t> used_summary[used_summary_words];
  alignas(cache_line) std::atomic<std::uint64_t> used[used_words];
};
static_assert(sizeof(counters) == 3 * cache_line + sizeof(std::uint64_t) * used_words);

/// A slot's place in the table.
struct slot_id {
  std::uint32_t lane = 0;
  std::uint32_t index = 0;
  friend constexpr bool operator==(slot_id, slot_id) = default;
};

/// The table as one process sees it.
struct view {
  counters* shared = nullptr;
  lane* lanes = nullptr;
  std::uint32_t lane_count = 0;

  std::atomic<word>& word_of(slot_id id) const { return lanes[id.lane].words[id.index]; }
  slot_data& data_of(slot_id id) const { return lanes[id.lane].data[id.index]; }
};

}  // namespace inturn::table
