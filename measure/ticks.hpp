#pragma once

#include <cstdint>

#include "base/clock.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace inturn::measure {

/// A clock that costs some nanoseconds to read: the time stamp counter, where it runs evenly and the kernel
/// says so; else CLOCK_MONOTONIC. Before the first use: prepare().
class ticks {
 public:
  /// Takes some milliseconds, the first time.
  static void prepare();
  static std::uint64_t now() {
#if defined(__x86_64__)
    if (scale_.counter) return __rdtsc();
#endif
    return base::monotonic_ns();
  }
  static double ns_per_tick() { return scale_.ns; }
  static std::uint64_t from_ns(double ns) { return static_cast<std::uint64_t>(ns / scale_.ns); }

 private:
  struct scale {
    bool counter;
    double ns;
  };
  static constinit scale scale_;
};

}  // namespace inturn::measure
