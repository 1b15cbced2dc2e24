#pragma once

#include <cstdint>

// Where in a side region the kernel's locks have their places (docs/turnstile.md, 1).

namespace inturn::kernel {

/// Record locks: their own bytes, up to here.
inline constexpr std::uint64_t last_offset = (std::uint64_t{1} << 63) - 1;

/// flock: a byte beyond all offsets that record locks can name, so that the two kinds do not wait for each
/// other.
inline constexpr std::uint64_t flock_byte = std::uint64_t{1} << 63;

}  // namespace inturn::kernel
