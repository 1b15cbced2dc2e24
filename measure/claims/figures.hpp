#pragma once

#include <optional>
#include <string_view>

#include "measure/result.hpp"

namespace inturn::measure {

/// A figure of this run. Nothing if it was not measured.
std::optional<double> figure(const results&, std::string_view experiment,
                             std::string_view mechanism, std::string_view metric);
/// A yes or no of this run.
std::optional<bool> answer(const results&, std::string_view experiment, std::string_view mechanism,
                           std::string_view metric);

}  // namespace inturn::measure
