#include "measure/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace inturn::measure {
namespace {

const char* colour(tone how) {
  switch (how) {
    case tone::bad:
      return "\033[31m";
    case tone::good:
      return "\033[32m";
    case tone::quiet:
      return "\033[2m";
    case tone::heading:
      return "\033[1m";
    case tone::plain:
      break;
  }
  return "";
}

/// With as many decimals as make three digits.
std::string three_digits(double value) {
  const double size = std::fabs(value);
  if (size >= 100 || value == std::round(value)) return fmt::format("{:.0f}", value);
  return size >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

struct scale {
  double from;
  const char* unit;
};

std::string scaled(double value, const std::vector<scale>& scales) {
  for (const scale& each : scales)
    if (std::fabs(value) >= each.from) return three_digits(value / each.from) + each.unit;
  return three_digits(value) + scales.back().unit;
}

}  // namespace

std::string painted(const std::string& text, tone how, bool coloured) {
  return coloured && how != tone::plain ? colour(how) + text + "\033[0m" : text;
}

std::string table(const std::vector<std::vector<cell>>& rows, bool coloured) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].text.size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const cell& c = rows[r][i];
      const std::string blanks(widths[i] - c.text.size(), ' ');
      const std::string shown = painted(c.text, r == 0 ? tone::heading : c.how, coloured);
      text += i == 0 ? "  " + shown + blanks : "  " + blanks + shown;
    }
    while (text.ends_with(' ')) text.pop_back();
    text += '\n';
  }
  return text;
}

std::string folded(const std::string& text, std::size_t columns, const std::string& indent) {
  std::istringstream words(text);
  std::string all;
  std::string line = indent;
  for (std::string word; words >> word;) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > columns) {
      all += line + '\n';
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return all + line + '\n';
}

std::string for_people(double value, const std::string& unit) {
  if (!std::isfinite(value)) return "?";
  if (unit == "ns") return scaled(value, {{1e9, " s"}, {1e6, " ms"}, {1e3, " us"}, {1, " ns"}});
  if (unit == "s") return scaled(value, {{1, " s"}, {1e-3, " ms"}, {1e-6, " us"}});
  if (unit == "ratio") return fmt::format("{:.3f}", value);
  if (unit == "per_second") return scaled(value, {{1e6, " M/s"}, {1e3, " k/s"}, {1, " /s"}});
  return scaled(value, {{1e7, " M"}, {1, ""}});
}

}  // namespace inturn::measure
