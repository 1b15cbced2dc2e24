#pragma once

#include <time.h>

#include <chrono>

#include "base/clock.hpp"

namespace inturn::measure {

/// Lets time pass: where a mechanism polls, where a reader reads, and between two looks at /proc.
inline void pause_for(std::chrono::nanoseconds time) {
  const timespec t = base::to_timespec(static_cast<std::uint64_t>(time.count()));
  ::nanosleep(&t, nullptr);
}

}  // namespace inturn::measure
