#pragma once

#include <time.h>

#include <chrono>

namespace inturn::test {

/// How long a test waits for a state that must come: far longer than it takes, so that only what
/// never comes fails.
inline constexpr std::chrono::seconds bound{20};

inline void nap(std::chrono::nanoseconds time = std::chrono::microseconds(200)) {
  const timespec t{static_cast<time_t>(time.count() / 1'000'000'000),
                   static_cast<long>(time.count() % 1'000'000'000)};
  ::nanosleep(&t, nullptr);
}

/// Waits until the predicate holds. False: it did not within the bound.
template <class Predicate>
bool eventually(Predicate holds, std::chrono::nanoseconds at_most = bound) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    nap();
  }
  return true;
}

}  // namespace inturn::test
