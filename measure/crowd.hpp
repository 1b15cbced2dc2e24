#pragma once

#include <chrono>
#include <cstdint>

#include "measure/mechanism.hpp"
#include "measure/statistics.hpp"

namespace inturn::measure {

inline constexpr unsigned largest_crowd = 32;

/// Processes that lock, stay inside for a while, and unlock, again and again, without a pause.
struct crowding {
  unsigned processes = 2;
  double section_us = 0;
  std::chrono::nanoseconds time{};
};

/// What came of it.
struct crowded {
  double grants_per_second = 0;
  double jain = 0;
  double cpu_per_grant_ns = 0;
  std::uint64_t max_in_a_row = 0;
  std::uint64_t overlaps = 0;
  histogram waits_ticks;  // see ticks
};

/// Throws when a process fails, or is never granted.
crowded crowd_together(lock_place& place, const crowding& how);

}  // namespace inturn::measure
