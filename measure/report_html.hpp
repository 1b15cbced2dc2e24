#pragma once

#include <string>

#include "measure/laboratory.hpp"

namespace inturn::measure {

/// False in a build without the page.
bool has_page();

/// The report as one page that opens without a network.
std::string as_html(const report&);

}  // namespace inturn::measure
