#pragma once

#include <string_view>

namespace inturn::measure {

/// The page, with a place for the figures in it.
std::string_view page();

}  // namespace inturn::measure
