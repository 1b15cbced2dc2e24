#include "measure/experiments/all.hpp"

namespace inturn::measure {

const std::vector<experiment>& experiments() {
  static const std::vector<experiment> all{
      queue_experiment(), barge_experiment(),      starve_experiment(),
      cost_experiment(),  contention_experiment(),
  };
  return all;
}

}  // namespace inturn::measure
