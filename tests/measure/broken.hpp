#pragma once

#include <atomic>
#include <climits>
#include <cstdint>
#include <random>
#include <string_view>

#include "base/sys.hpp"
#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"
#include "measure/shared.hpp"

// Locks that are broken on purpose.

namespace inturn::test {

using measure::nature;
using measure::owner;

/// Locks nothing.
struct no_lock {
  static constexpr std::string_view name = "no-lock";
  static constexpr std::string_view what = "does nothing";
  static constexpr nature is{owner::description};
  using place = measure::file_place;
  struct end : measure::file_end {
    using measure::file_end::file_end;
    void lock() {}
    void unlock() {}
    void lock_shared() {}
    void unlock_shared() {}
    void convert() {}
    void lock_byte(std::uint64_t) {}
    void unlock_byte(std::uint64_t) {}
  };
};

/// Excludes. But whoever comes while it is free walks in, readers pass writers, a conversion lets go first,
/// and of those who sleep one is woken by lot. Who dies leaves it locked.
class random_place : public measure::file_place {
 public:
  static constexpr std::size_t seats = 64;
  struct words {
    std::atomic<std::int32_t> state{0};  // free; readers; or -1, a writer
    std::atomic<std::uint32_t> asleep[seats]{};
    std::atomic<std::uint32_t> next_seat{0};
  };
  explicit random_place(const measure::site& where) : file_place(where) {}
  words& shared() const { return *words_; }

 private:
  measure::shared<words> words_;
};

class random_end : public measure::file_end {
 public:
  explicit random_end(const random_place& place)
      : file_end(place),
        w_(place.shared()),
        mine_(w_.asleep[w_.next_seat++ % random_place::seats]),
        lot_(std::random_device()()) {}

  void lock() {
    wait_until([this] {
      std::int32_t free = 0;
      return w_.state.compare_exchange_strong(free, -1);
    });
  }
  void unlock() {
    w_.state = 0;
    wake_one();
  }
  void lock_shared() {
    wait_until([this] {
      std::int32_t now = w_.state.load();
      return now >= 0 && w_.state.compare_exchange_strong(now, now + 1);
    });
    wake_one();  // more readers fit in
  }
  void unlock_shared() {
    if (w_.state.fetch_sub(1) == 1) wake_one();
  }
  void convert() {
    unlock_shared();
    lock();
  }

 private:
  template <class Try>
  void wait_until(Try granted) {
    while (!granted()) {
      mine_ = 1;
      if (granted()) break;
      base::sys.futex_wait(&mine_, 1, nullptr);
    }
    mine_ = 0;
  }
  void wake_one() {
    const std::size_t first = lot_() % random_place::seats;
    for (std::size_t i = 0; i < random_place::seats; ++i) {
      std::atomic<std::uint32_t>& seat = w_.asleep[(first + i) % random_place::seats];
      if (seat.exchange(0) == 0) continue;
      base::sys.futex_wake(&seat, 1);
      return;
    }
  }

  random_place::words& w_;
  std::atomic<std::uint32_t>& mine_;
  std::minstd_rand lot_;
};

struct random_lock {
  static constexpr std::string_view name = "random";
  static constexpr std::string_view what = "wakes whoever the lot falls on";
  static constexpr nature is{owner::description};
  using place = random_place;
  using end = random_end;
};

/// Cannot be had on this machine.
struct missing_lock {
  static constexpr std::string_view name = "missing";
  static constexpr std::string_view what = "is not there";
  static constexpr nature is{};
  struct place {
    explicit place(const measure::site&) { base::fail(ENOSYS, "missing", "no such lock here"); }
  };
  struct end {
    explicit end(place&) {}
    void lock() {}
    void unlock() {}
  };
};

inline const std::vector<measure::mechanism> broken{
    measure::entry<no_lock>(), measure::entry<random_lock>(), measure::entry<missing_lock>()};

}  // namespace inturn::test
