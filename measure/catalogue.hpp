#pragma once

#include <string_view>
#include <vector>

#include "measure/mechanism.hpp"

namespace inturn::measure {

/// All mechanisms, in the order in which they are shown.
const std::vector<mechanism>& catalogue();

}  // namespace inturn::measure
