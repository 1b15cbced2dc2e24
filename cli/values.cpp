#include "cli/values.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace inturn::cli {

std::uint64_t parse_seconds(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || rest != end || !std::isfinite(seconds) || std::signbit(seconds))
    throw std::invalid_argument("not a number of seconds");
  constexpr double longest = 1e9;
  return seconds >= longest ? no_end : static_cast<std::uint64_t>(seconds * 1e9);
}

std::uint64_t parse_number(const std::string& text, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number > most)
    throw std::invalid_argument(fmt::format("not a number from 0 to {}", most));
  return number;
}

}  // namespace inturn::cli
