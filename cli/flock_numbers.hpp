#pragma once

#include <cstdint>
#include <optional>
#include <string>

// Numbers as util-linux reads them, which is more than we would accept by ourselves.

namespace inturn::cli {

/// What a text was read as; or why it is none, where flock(1) says more than that (ERANGE, EINVAL).
template <class Number>
struct reading {
  std::optional<Number> value;
  int error = 0;
};

/// Decimal, blanks before it and a sign allowed.
reading<std::int32_t> read_integer(const std::string& text);

/// As strtod(3): any sign, exponents, hexadecimal, "inf", "nan".
reading<double> read_real(const std::string& text);

/// A size: decimal, octal or hexadecimal; with K, M, G, T, P, E (also KiB: times 1024; KB: times 1000),
/// and then with a fraction.
reading<std::uint64_t> read_size(const std::string& text);

}  // namespace inturn::cli
