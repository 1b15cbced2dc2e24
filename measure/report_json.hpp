#pragma once

#include <string>

#include "measure/laboratory.hpp"

namespace inturn::measure {

/// One object; docs/laboratory.md says what is in it.
std::string as_json(const report&);

}  // namespace inturn::measure
