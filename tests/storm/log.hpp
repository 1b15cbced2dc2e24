#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"
#include "support/until.hpp"
#include "table/words.hpp"

// What the storm's workers write down about themselves, in memory that the referee sees. A worker may be
// killed between any two of these stores: what it has written so far is true all the same.

namespace inturn::storm {

/// How far one request has come. Only its worker writes it, so that whoever reads a phase may read all
/// that belongs to it.
///   asking   the call has begun: lock, mode, range, asked_at, after_ticket
///   granted  the call has returned, and the time is about to be taken
///   inside   what the call gave, granted_at; from now on `beat` moves
///   leaving  about to be released, later than `beat`
///   left     released
///   refused  the call has returned without
enum class phase : std::uint32_t { asking, granted, inside, leaving, left, refused };

struct entry {
  std::atomic<phase> at;
  std::uint32_t lock;
  bool exclusive;
  table::extent where;
  std::uint64_t asked_at;
  /// The largest ticket of that order which was known to be given out before the call.
  std::uint64_t after_ticket;

  std::uint64_t granted_at;
  std::uint64_t ticket;  // 0: not told
  bool in_turn;          // false: an exception that was stated, or it cannot be known
  bool told;             // of a previous owner's death
  /// Still inside at this time.
  std::atomic<std::uint64_t> beat;

  void step(phase next) { at.store(next, std::memory_order_release); }
  void live() { beat.store(base::monotonic_ns(), std::memory_order_release); }
};

/// One worker's entries, the oldest of which the referee takes away. A worker that has been killed is
/// followed by another, which goes on behind what the first one left.
struct track {
  static constexpr std::uint64_t capacity = 512;
  std::atomic<std::uint64_t> begun;
  std::atomic<std::uint64_t> taken;
  entry ring[capacity];

  entry& operator[](std::uint64_t n) { return ring[n % capacity]; }

  /// Room for the next entry; waits until the referee has made some.
  entry& next() {
    const std::uint64_t n = begun.load(std::memory_order_relaxed);
    while (n - taken.load(std::memory_order_acquire) >= capacity) test::nap();
    return (*this)[n];
  }
  void begin(entry& e) {
    e.step(phase::asking);
    begun.fetch_add(1, std::memory_order_release);
  }
};

inline constexpr std::uint32_t most_workers = 256;
inline constexpr std::uint32_t most_orders = 16;

/// All that the processes of a storm share.
struct arena {
  std::atomic<bool> over;
  /// The largest ticket that anybody has seen, for each counter of tickets.
  std::atomic<std::uint64_t> latest[most_orders];
  track tracks[most_workers];

  void note_ticket(std::uint32_t order, std::uint64_t ticket) {
    std::uint64_t seen = latest[order].load();
    while (seen < ticket && !latest[order].compare_exchange_weak(seen, ticket)) continue;
  }
};

}  // namespace inturn::storm
