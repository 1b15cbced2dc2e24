#pragma once

#include <cstdint>
#include <string>

// Numbers as people write them on a command line.

namespace inturn::cli {

/// Decimal seconds with fractions, not negative; in nanoseconds, and no_end when so long that it
/// makes no difference. Throws std::invalid_argument.
std::uint64_t parse_seconds(const std::string& text);
inline constexpr std::uint64_t no_end = ~std::uint64_t{0};

/// A decimal number up to `most`. Throws std::invalid_argument.
std::uint64_t parse_number(const std::string& text, std::uint64_t most);

}  // namespace inturn::cli
