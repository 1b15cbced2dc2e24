#pragma once

#include <concepts>

#include "inturn/types.hpp"
#include "kernel/holds.hpp"
#include "lock/participant.hpp"

namespace inturn::kernel {

/// One ask for a lock of the kernel's: who asks (fd), for what, and how it stands in the queue.
template <class L>
concept kernel_lock = requires(const L& wanted) {
  { L::kind } -> std::convertible_to<lock::kind>;
  { wanted.fd } -> std::convertible_to<int>;
  /// The system call, without waiting and with: 0 or its errno.
  { wanted.attempt() } -> std::same_as<int>;
  { wanted.wait() } -> std::same_as<int>;
  /// The kernel's answer to attempt() that means: somebody else holds it.
  { L::is_conflict(int{}) } -> std::same_as<bool>;
  /// Mode and range of its request in the side region.
  { wanted.mode() } -> std::same_as<inturn::mode>;
  { wanted.place() } -> std::same_as<inturn::range>;
  /// Whether its owner, as the kernel counts owners, already holds a lock on the file.
  { wanted.owner_holds() } -> std::same_as<answer>;
  /// Whether the kernel would refuse it whatever the others hold.
  { wanted.is_hopeless() } -> std::same_as<bool>;
};

}  // namespace inturn::kernel
