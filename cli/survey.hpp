#pragma once

#include <vector>

#include "cli/in_turn.hpp"
#include "cli/listing.hpp"

namespace inturn::cli {

/// Who holds and who waits, on each of the targets, at about one moment.
std::vector<listing> survey(const std::vector<target>& targets);

}  // namespace inturn::cli
