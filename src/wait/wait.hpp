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

/// Looks at the word for some microseconds, if this process may use more than one core: true when it is
/// no longer `seen`.
bool spin_while(const std::atomic<std::uint64_t>& word, std::uint64_t seen);

/// Gives the core's other thread a moment.
void pause() noexcept;

}  // namespace inturn::wait
