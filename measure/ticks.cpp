#include "measure/ticks.hpp"

#include <fstream>
#include <string>

namespace inturn::measure {

constinit ticks::scale ticks::scale_{false, 1};

#if defined(__x86_64__)

namespace {

/// What CLOCK_MONOTONIC itself is made of, if the kernel trusts the counter.
bool kernel_uses_counter() {
  std::ifstream source("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  return source >> name && (name == "tsc" || name == "kvm-clock");
}

}  // namespace

void ticks::prepare() {
  if (scale_.counter || !kernel_uses_counter()) return;
  constexpr std::uint64_t long_enough_ns = 5'000'000;
  const std::uint64_t start_ns = base::monotonic_ns();
  const std::uint64_t start = __rdtsc();
  std::uint64_t end_ns = start_ns;
  while (end_ns - start_ns < long_enough_ns) end_ns = base::monotonic_ns();
  const std::uint64_t passed = __rdtsc() - start;
  scale_ = {true, static_cast<double>(end_ns - start_ns) / static_cast<double>(passed)};
}

#else

void ticks::prepare() {}

#endif

}  // namespace inturn::measure
