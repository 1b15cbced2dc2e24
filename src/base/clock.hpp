#pragma once

#include <time.h>

#include <cstdint>

namespace inturn::base {

inline std::uint64_t nanoseconds(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// For deadlines: never CLOCK_REALTIME, which people set.
inline std::uint64_t monotonic_ns() noexcept { return nanoseconds(CLOCK_MONOTONIC); }

/// Some milliseconds coarse and several times cheaper: for "since when" in listings.
inline std::uint64_t coarse_ns() noexcept { return nanoseconds(CLOCK_MONOTONIC_COARSE); }

inline timespec to_timespec(std::uint64_t ns) noexcept {
  return {static_cast<time_t>(ns / 1'000'000'000U), static_cast<long>(ns % 1'000'000'000U)};
}

}  // namespace inturn::base
