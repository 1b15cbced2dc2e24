#pragma once

#include "measure/experiment.hpp"

namespace inturn::measure {

experiment queue_experiment();
experiment barge_experiment();
experiment starve_experiment();
experiment convert_experiment();
experiment close_experiment();
experiment inherit_experiment();
experiment mandatory_experiment();
experiment death_experiment();
experiment deadlock_experiment();
experiment cost_experiment();
experiment contention_experiment();
experiment ranges_experiment();

/// All experiments, in the order in which they are run and shown.
const std::vector<experiment>& experiments();

}  // namespace inturn::measure
