#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>

#include "table/shared.hpp"

namespace inturn::table {

struct survey;

/// Places in the code at which nothing of what was read is remembered, except what is in the survey (and,
/// in the second look, that with which parking began). The explorer takes two processes that pass such a
/// place with equal surveys for one.
enum class point : std::uint8_t { looking, looked, parking, clearing, cleared };

/// What the protocol needs from outside. The real one joins memory, futex, clock and kernel
/// (lock/turn.hpp); the explorer's one stops at every access and lets another simulated process run, or
/// kills this one (tests/explore). Every access to shared memory in this module goes through it.
template <class W>
concept world = requires(W& w, const W& cw, std::atomic<std::uint64_t>& a,
                         std::atomic<std::uint32_t>& b, const survey& seen) {
  { w.table() } -> std::same_as<view>;

  { w.load(a) } -> std::same_as<std::uint64_t>;
  { w.load_acquire(a) } -> std::same_as<std::uint64_t>;
  { w.load(b) } -> std::same_as<std::uint32_t>;
  w.store_release(a, std::uint64_t{});
  w.store(b, std::uint32_t{});
  { w.exchange(a, std::uint64_t{}) } -> std::same_as<std::uint64_t>;
  { w.cas(a, std::uint64_t{}, std::uint64_t{}) } -> std::same_as<bool>;
  { w.cas(b, std::uint32_t{}, std::uint32_t{}) } -> std::same_as<bool>;
  { w.add(a, std::uint64_t{}) } -> std::same_as<std::uint64_t>;
  w.set_bits(a, std::uint64_t{});
  w.clear_bits(a, std::uint64_t{});

  /// True only if the lane's owner has ended, and had ended after this was called. False: it may live.
  { w.certainly_dead(std::uint32_t{}) } -> std::same_as<bool>;
  /// Wakes who sleeps on the word. False: nobody did (it is dead, or stopped, or about to look again).
  { w.wake(b) } -> std::same_as<bool>;
  /// Sleeps while the word is 1; not for ever: after a bound (of the world's choice) it returns all the same.
  w.sleep(b, seen);
  /// Looks at the front for an instant, if that is worth while: true when its word has changed.
  { w.watch(seen) } -> std::same_as<bool>;
  /// Whether the caller's time is over. (A try's is over when it is weary.)
  { w.over() } -> std::same_as<bool>;
  /// Whether this call has cleared and woken for longer than an honest table takes. It may then leave the
  /// rest to others, each of whom sleeps with a bound: one who writes nonsense must not keep us for ever.
  { w.weary() } -> std::same_as<bool>;
  /// How often an ENTERING word is looked at again before it is wiped, and the time between two looks.
  { cw.entering_looks() } -> std::same_as<unsigned>;
  w.pause();
  w.pass(point{}, seen);
};

/// The plain accesses, for worlds that do not intervene.
struct plain_memory {
  using u64 = std::uint64_t;
  using u32 = std::uint32_t;

  u64 load(const std::atomic<u64>& a) { return a.load(); }
  u32 load(const std::atomic<u32>& a) { return a.load(); }
  /// For slot data, read between two readings of its word: keeps the second one behind it.
  u64 load_acquire(const std::atomic<u64>& a) { return a.load(std::memory_order_acquire); }
  /// For slot data: keeps the FREE that was written before it ahead of it.
  void store_release(std::atomic<u64>& a, u64 v) { a.store(v, std::memory_order_release); }
  void store(std::atomic<u32>& a, u32 v) { a.store(v); }
  u64 exchange(std::atomic<u64>& a, u64 v) { return a.exchange(v); }
  bool cas(std::atomic<u64>& a, u64 from, u64 to) { return a.compare_exchange_strong(from, to); }
  bool cas(std::atomic<u32>& a, u32 from, u32 to) { return a.compare_exchange_strong(from, to); }
  u64 add(std::atomic<u64>& a, u64 n) { return a.fetch_add(n); }
  void set_bits(std::atomic<u64>& a, u64 bits) { a.fetch_or(bits); }
  void clear_bits(std::atomic<u64>& a, u64 bits) { a.fetch_and(~bits); }
  void pass(point, const survey&) const noexcept {}
};

}  // namespace inturn::table
