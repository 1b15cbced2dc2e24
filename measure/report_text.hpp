#pragma once

#include <string>

#include "measure/laboratory.hpp"

namespace inturn::measure {

/// Tables for people. Colours only if they go to a terminal.
std::string as_text(const report&, bool coloured);

}  // namespace inturn::measure
