#include "cli/flock_numbers.hpp"

#include <cerrno>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace inturn::cli {
namespace {

bool read_all(const std::string& text, double& number) {
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0';
}

/// K, KiB: 1024; KB: 1000; and so on. 0: no such unit.
double unit_of(std::string_view suffix) {
  constexpr std::string_view letters = "KMGTPE";
  if (suffix.empty()) return 1;
  const char letter = suffix[0] >= 'a' ? static_cast<char>(suffix[0] - 'a' + 'A') : suffix[0];
  const auto power = letters.find(letter);
  if (power == letters.npos) return 0;
  const std::string_view rest = suffix.substr(1);
  const bool decimal = rest == "B" || rest == "b";
  if (!decimal && !rest.empty() && rest != "iB" && rest != "ib") return 0;
  return std::pow(decimal ? 1000 : 1024, static_cast<double>(power + 1));
}

}  // namespace

reading<std::int32_t> read_integer(const std::string& text) {
  if (text.empty()) return {};
  char* end = nullptr;
  errno = 0;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  if (end == text.c_str() || *end != '\0') return {};
  using limits = std::numeric_limits<std::int32_t>;
  if (errno == ERANGE || number < limits::min() || number > limits::max()) return {{}, ERANGE};
  return {static_cast<std::int32_t>(number)};
}

reading<double> read_real(const std::string& text) {
  double number = 0;
  if (read_all(text, number)) return {number};
  // 0,5 where people write it so. Asked for only now, as most need no files of the locale.
  if (text.find(',') == text.npos || std::setlocale(LC_NUMERIC, "") == nullptr) return {};
  const bool read = read_all(text, number);
  std::setlocale(LC_NUMERIC, "C");
  return read ? reading<double>{number} : reading<double>{};
}

reading<std::uint64_t> read_size(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\n\v\f\r");
  if (first == text.npos || text[first] == '-') return {{}, EINVAL};
  char* end = nullptr;
  errno = 0;
  const std::uint64_t whole = std::strtoull(text.c_str() + first, &end, 0);
  if (end == text.c_str() + first) return {{}, EINVAL};
  if (errno == ERANGE) return {{}, ERANGE};
  double fraction = 0;
  std::string_view suffix = end;
  if (suffix.starts_with('.')) {
    const std::size_t digits_end =
        std::min(suffix.find_first_not_of("0123456789", 1), suffix.size());
    const std::string digits = "0" + std::string(suffix.substr(0, digits_end));
    fraction = std::strtod(digits.c_str(), nullptr);
    suffix.remove_prefix(digits_end);
    if (suffix.empty()) return {{}, EINVAL};  // of a byte
  }
  const double unit = unit_of(suffix);
  if (unit == 0) return {{}, EINVAL};
  if (unit == 1) return {whole};
  std::uint64_t size = 0;
  if (__builtin_mul_overflow(whole, static_cast<std::uint64_t>(unit), &size) ||
      __builtin_add_overflow(size, static_cast<std::uint64_t>(fraction * unit), &size))
    return {{}, ERANGE};
  return {size};
}

}  // namespace inturn::cli
