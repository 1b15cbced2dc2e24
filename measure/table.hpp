#pragma once

#include <string>
#include <vector>

namespace inturn::measure {

enum class tone { plain, bad, good, quiet, heading };

struct cell {
  std::string text;
  tone how = tone::plain;
};

/// Text in the colour of its tone; as it is if not coloured.
std::string painted(const std::string& text, tone, bool coloured);

/// Columns as wide as what is in them: the first to the left, the others to the right. The first row is the
/// heading.
std::string table(const std::vector<std::vector<cell>>& rows, bool coloured);

/// Words broken into lines of at most that many columns, each after the indent.
std::string folded(const std::string& text, std::size_t columns, const std::string& indent);

/// 12.3 us, 250, 1.2 million: three digits or so.
std::string for_people(double value, const std::string& unit);

}  // namespace inturn::measure
