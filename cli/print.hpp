#pragma once

#include <string>

namespace inturn::cli {

/// On standard output; throws failure if it cannot be written.
void print(const std::string& text);

}  // namespace inturn::cli
