#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/result.hpp"

namespace inturn::measure {

enum class judgement { holds, in_part, does_not_hold };

/// What the figures of this run say about a claim.
struct finding {
  measured value;
  judgement verdict = judgement::holds;
  std::string why;
};

/// What one of the two texts says, and the experiment that asks.
struct claim {
  std::string_view id;
  std::string_view source;  // blog, book
  std::string_view text;
  std::string_view experiment;
  /// Nothing when the figures that it needs are not there.
  std::optional<finding> (*judge)(const results&);
};

struct verdict {
  const claim* about = nullptr;
  finding found;
};

const std::vector<claim>& claims();

/// Of those claims whose figures are there.
std::vector<verdict> judge_all(const results&);

}  // namespace inturn::measure
