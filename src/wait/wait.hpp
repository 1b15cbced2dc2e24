#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace inturn::wait {

/// A time on the monotonic clock, ns; empty: never.
using deadline = std::optional<std::uint64_t>;

bool is_over(const deadline& until) noexcept;

/// Sleeps while the word, shared between processes, is `expected`, at most until then. May return early.
void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                 const deadline& until);

/// Wakes one sleeper of the word. False: nobody was asleep on it.
bool wake_one(const std::atomic<std::uint32_t>& word);

/// The same for one of several who sleep on one word of 32 bits, each with a bit of its own. True: it was
/// asleep until then.
bool sleep_bit(const void* word, std::uint32_t expected, std::uint32_t bit, std::uint64_t until_ns);
/// Wakes all who sleep on that word with one of these bits.
void wake_bits(const void* word, std::uint32_t bits);

/// Looks at the word for some microseconds, if this process may use more than one core: true when it is
/// no longer `seen`.
bool spin_while(const std::atomic<std::uint64_t>& word, std::uint64_t seen);

/// Gives the core's other thread a moment.
inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace inturn::wait
