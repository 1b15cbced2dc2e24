#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "measure/child.hpp"
#include "measure/mechanism.hpp"
#include "measure/scene.hpp"
#include "measure/shared.hpp"

namespace inturn::measure {

/// What a party shares with the laboratory. Written by the party, except `told`, `what`, `argument`.
struct party_state {
  std::atomic<std::uint32_t> told{0};  // how many orders it was given
  std::atomic<std::uint32_t> done{0};  // how many it has carried out
  std::atomic<std::uint32_t> busy{0};  // carries one out
  std::atomic<void (*)(struct actor&)> what{nullptr};
  std::atomic<std::uint64_t> argument{0}, result{0};
  std::atomic<int> error{0};
  std::atomic<std::uint64_t> asked_ns{0}, granted_ns{0};
  std::atomic<std::uint32_t> place{0};  // among the scene's grants
  std::atomic<part> inside{part::outside};
};

/// The party, in its own process, while it carries out an order.
struct actor {
  lock_end& end;
  scene& where;
  party_state& self;
};

/// An order. A function without captures, so that it is the same in all processes.
using deed = void (*)(actor&);

// The usual ones. Those that lock note when they asked and were granted, and enter the scene.
void lock(actor& me);
void unlock(actor& me);
void lock_shared(actor& me);
void unlock_shared(actor& me);
void convert(actor& me);  // shared to exclusive

enum class outcome { done, waits, failed };

/// A process with an end of its own on the lock, that does what it is told, one thing after the other.
class party {
 public:
  party(lock_place& place, scene& where);
  party(party&&) = default;
  party& operator=(party&&) = default;
  /// Killed, and out of the scene.
  ~party();

  pid_t pid() const { return process_.pid(); }
  const party_state& state() const { return *state_; }

  void tell(deed what, std::uint64_t argument = 0);
  /// Has carried out what it was told. False: not within that time.
  bool is_done(std::chrono::nanoseconds at_most);
  /// What has come of it: done, failed with an errno, or it is blocked by the kernel's word, and has been for
  /// that long.
  outcome settle(std::chrono::nanoseconds blocked_for = std::chrono::milliseconds(1));
  /// Tells, and it must be done, without an error. Throws if not.
  void must(deed what, std::uint64_t argument = 0);
  /// Tells, and it must block. False: it was done instead.
  bool must_wait(deed what);
  int error() const { return state_->error.load(); }

  void kill();

 private:
  std::unique_ptr<shared<party_state>> memory_;
  party_state* state_ = nullptr;
  scene* where_ = nullptr;
  child process_;
};

}  // namespace inturn::measure
