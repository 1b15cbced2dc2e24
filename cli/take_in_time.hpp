#pragma once

#include <cstdint>
#include <optional>

#include "inturn/types.hpp"
#include "kernel/take.hpp"

namespace inturn::cli {

/// A lock of the kernel's that is asked for.
struct lock_wish {
  bool exclusive = true;
  std::optional<inturn::range> bytes;  // given: an OFD lock on these; else flock
  std::uint64_t timeout_ns;            // 0: do not wait; no_end: for ever
};

/// Takes it through that descriptor, in turn. began: when its time began to run (base::monotonic_ns).
/// For programs that own their process: a time-out is kept by a signal, so that at the front it has
/// its place in the kernel's queue, beside those who call flock(2) plainly.
/// Throws std::system_error with the kernel's errno, or failure.
kernel::taken take_in_time(int fd, const lock_wish& wish, std::uint64_t began,
                           const lock::progress* tell);

}  // namespace inturn::cli
