#include "wait/wait.hpp"

#include <sched.h>

#include <cerrno>

#include "base/clock.hpp"
#include "base/sys.hpp"

namespace inturn::wait {
namespace {

/// As long as a sleep and a wake-up cost: longer would waste more than it can save.
constexpr std::uint64_t spin_ns = 3'000;

bool has_cores_to_spare() {
  // Asked once: spinning where it does not pay costs time, never correctness.
  static const bool several = [] {
    cpu_set_t mine;
    CPU_ZERO(&mine);
    return ::sched_getaffinity(0, sizeof mine, &mine) == 0 && CPU_COUNT(&mine) > 1;
  }();
  return several;
}

}  // namespace

bool is_over(const deadline& until) noexcept { return until && base::monotonic_ns() >= *until; }

void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                 const deadline& until) {
  if (!until) {
    base::sys.futex_wait(&word, expected, nullptr);
    return;
  }
  const timespec at = base::to_timespec(*until);
  base::sys.futex_wait(&word, expected, &at);
}

bool wake_one(const std::atomic<std::uint32_t>& word) { return base::sys.futex_wake(&word, 1) > 0; }

bool sleep_bit(const void* word, std::uint32_t expected, std::uint32_t bit,
               std::uint64_t until_ns) {
  const timespec at = base::to_timespec(until_ns);
  return base::sys.futex_wait_bits(word, expected, &at, bit) != 0 && errno == ETIMEDOUT;
}

void wake_bits(const void* word, std::uint32_t bits) { base::sys.futex_wake_bits(word, bits); }

bool spin_while(const std::atomic<std::uint64_t>& word, std::uint64_t seen) {
  if (!has_cores_to_spare()) return false;
  const std::uint64_t end = base::monotonic_ns() + spin_ns;
  do {
    for (int i = 0; i < 16; ++i) {
      if (word.load() != seen) return true;
      pause();
    }
  } while (base::monotonic_ns() < end);
  return false;
}

}  // namespace inturn::wait
