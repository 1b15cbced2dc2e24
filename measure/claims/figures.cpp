#include "measure/claims/figures.hpp"

namespace inturn::measure {
namespace {

template <class T>
std::optional<T> find(const results& found, std::string_view experiment, std::string_view mechanism,
                      std::string_view metric) {
  for (const row& each : found.rows)
    if (each.experiment == experiment && each.mechanism == mechanism && each.metric == metric)
      if (const T* value = std::get_if<T>(&each.value)) return *value;
  return {};
}

}  // namespace

std::optional<double> figure(const results& found, std::string_view experiment,
                             std::string_view mechanism, std::string_view metric) {
  return find<double>(found, experiment, mechanism, metric);
}

std::optional<bool> answer(const results& found, std::string_view experiment,
                           std::string_view mechanism, std::string_view metric) {
  return find<bool>(found, experiment, mechanism, metric);
}

}  // namespace inturn::measure
