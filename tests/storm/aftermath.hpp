#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "storm/ground.hpp"

namespace inturn::storm {

/// What the storm has left behind that it should not have, once all workers are gone. `most_lanes`: how
/// many lanes of one region were ever needed at a time; `patience`: how long a lock that is free may take.
std::vector<std::string> find_remains(const ground& here, std::uint32_t most_lanes,
                                      std::chrono::nanoseconds patience);

}  // namespace inturn::storm
