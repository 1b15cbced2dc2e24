#include "measure/experiments/all.hpp"

namespace inturn::measure {

const std::vector<experiment>& experiments() {
  static const std::vector<experiment> all{
      queue_experiment(),    barge_experiment(),   starve_experiment(),     convert_experiment(),
      close_experiment(),    inherit_experiment(), mandatory_experiment(),  death_experiment(),
      deadlock_experiment(), cost_experiment(),    contention_experiment(), ranges_experiment(),
  };
  return all;
}

}  // namespace inturn::measure
