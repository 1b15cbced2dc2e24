#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <new>
#include <system_error>

#include "base/clock.hpp"
#include "base/sys.hpp"
#include "support/until.hpp"

namespace inturn::test {

/// A T that forked children share with the test. T: atomics and plain data, no pointers to the heap.
template <class T>
class shared {
 public:
  shared() {
    void* at =
        ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "shared page");
    it_ = new (at) T{};
  }
  ~shared() { ::munmap(static_cast<void*>(it_), sizeof(T)); }
  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;

  T* operator->() const { return it_; }
  T& operator*() const { return *it_; }

 private:
  T* it_;
};

/// A number that processes wait for. Lies in shared memory; sleeps, does not spin.
class milestone {
 public:
  /// Says that one more has come this far.
  void reach() {
    value_.fetch_add(1);
    base::sys.futex_wake(&value_, 1 << 30);
  }
  std::uint32_t count() const { return value_.load(); }

  /// Waits until so many have. False: they did not within the bound.
  bool wait(std::uint32_t many = 1, std::chrono::nanoseconds at_most = bound) const {
    const std::uint64_t end = base::monotonic_ns() + static_cast<std::uint64_t>(at_most.count());
    const timespec until = base::to_timespec(end);
    for (std::uint32_t seen = value_.load(); seen < many; seen = value_.load()) {
      if (base::monotonic_ns() >= end) return false;
      base::sys.futex_wait(&value_, seen, &until);
    }
    return true;
  }

 private:
  std::atomic<std::uint32_t> value_{0};
};

}  // namespace inturn::test
