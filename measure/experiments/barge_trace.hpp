#pragma once

#include "measure/mechanism.hpp"
#include "measure/result.hpp"

namespace inturn::measure {

/// The picture to the figure: one who comes back again and again, with a short section, and three who wait.
trace trace_barging(lock_place& place);

}  // namespace inturn::measure
