#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>

#include "measure/adapt.hpp"
#include "measure/shared.hpp"

namespace inturn::measure {

struct futex_words {
  std::atomic<std::uint32_t> next{0};
  std::atomic<std::uint32_t> serving{0};
};

class futex_place {
 public:
  explicit futex_place(const site&) {}
  futex_words* words() const { return &*words_; }

 private:
  shared<futex_words> words_;
};

/// Numbers are drawn; who unlocks hands over to the next number, and wakes it alone, by its bit.
class futex_end {
 public:
  explicit futex_end(const futex_place& place) : words_(place.words()) {}
  void lock() {
    const std::uint32_t mine = words_->next.fetch_add(1);
    for (std::uint32_t now = words_->serving.load(); now != mine; now = words_->serving.load())
      futex(FUTEX_WAIT_BITSET, now, bit(mine));
  }
  void unlock() {
    const std::uint32_t following = words_->serving.load() + 1;
    words_->serving.store(following);
    if (words_->next.load() != following) futex(FUTEX_WAKE_BITSET, INT_MAX, bit(following));
  }

 private:
  static std::uint32_t bit(std::uint32_t number) { return 1U << number % 32; }
  void futex(int operation, std::uint32_t value, std::uint32_t bits) {
    ::syscall(SYS_futex, &words_->serving, operation, value, nullptr, nullptr, bits);
  }
  futex_words* words_;
};

struct futex_lock {
  static constexpr std::string_view name = "futex";
  static constexpr std::string_view what = "a plain futex hand-over: numbers are drawn and served";
  static constexpr nature is{owner::nobody, true, false};
  using place = futex_place;
  using end = futex_end;
};

}  // namespace inturn::measure
