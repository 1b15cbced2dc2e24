#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <span>

#include "measure/kernel_state.hpp"
#include "measure/ticks.hpp"

namespace inturn::measure {

/// Whether a process is asking for the lock, by a number that is another one with every ask. Each in a line
/// of its own; written by that process, read by the one inside.
struct alignas(128) asking {
  std::atomic<std::uint64_t> which{0};  // 0: it does not ask
  pid_t pid = 0;
};

/// Protected by the lock under test.
struct last_granted {
  std::atomic<std::uint32_t> who{0};  // number + 1
};

/// Counts how often one process is granted in a row while another one waits. That one waits is the kernel's
/// word: it is blocked, and has been since before we asked. Whoever is merely on its way is not passed by.
/// To ask the kernel takes some microseconds, so it is done now and then, and only when we come twice.
class in_a_row {
 public:
  in_a_row(last_granted& last, std::span<asking> all, unsigned me)
      : last_(last), all_(all), me_(me), look_every_(ticks::from_ns(250'000)) {}

  void ask() { all_[me_].which.store(++asks_, std::memory_order_relaxed); }

  /// Inside, at once.
  void granted() {
    all_[me_].which.store(0, std::memory_order_relaxed);
    if (last_.who.load(std::memory_order_relaxed) != me_ + 1) {
      last_.who.store(me_ + 1, std::memory_order_relaxed);
      row_ = 1;
      waiting_ = nullptr;
      return;
    }
    if (waiting_ == nullptr)
      look();
    else if (waiting_->which.load(std::memory_order_relaxed) != its_ask_)
      waiting_ = nullptr;  // it was granted nothing: it has given up. We count anew
    else if (++row_ > longest_)
      longest_ = row_;
  }

  /// 1 when nobody was ever seen to be passed.
  std::uint64_t longest() const { return longest_; }

 private:
  void look() {
    row_ = 1;
    const std::uint64_t now = ticks::now();
    if (now < next_look_) return;
    for (std::size_t i = 1; i < all_.size(); ++i) {
      asking& other = all_[(me_ + i) % all_.size()];
      its_ask_ = other.which.load(std::memory_order_relaxed);
      if (its_ask_ == 0) continue;
      next_look_ = now + look_every_;
      if (is_blocked(other.pid)) waiting_ = &other;
      return;
    }
  }

  last_granted& last_;
  std::span<asking> all_;
  const unsigned me_;
  const std::uint64_t look_every_;
  std::uint64_t asks_ = 0;
  std::uint64_t row_ = 1;
  std::uint64_t longest_ = 1;
  std::uint64_t next_look_ = 0;
  const asking* waiting_ = nullptr;
  std::uint64_t its_ask_ = 0;
};

}  // namespace inturn::measure
