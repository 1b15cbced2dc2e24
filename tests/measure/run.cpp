#include "measure/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "measure/experiments/all.hpp"

namespace inturn::test {

using measure::results;
using measure::row;

namespace {

template <class T>
std::vector<const T*> named(const std::vector<T>& all, const std::vector<std::string>& names) {
  std::vector<const T*> some;
  for (const T& each : all)
    if (names.empty() || std::find(names.begin(), names.end(), each.name) != names.end())
      some.push_back(&each);
  return some;
}

template <class T>
T value_of(const results& r, const std::string& experiment, const std::string& mechanism,
           const std::string& metric) {
  for (const row& each : rows_of(r, experiment, mechanism, metric))
    if (const T* value = std::get_if<T>(&each.value)) return *value;
  ADD_FAILURE() << "no figure: " << experiment << " " << mechanism << " " << metric << " ("
                << reason(r, experiment, mechanism, metric) << ")";
  return {};
}

}  // namespace

outcome_of_run run_laboratory(const std::vector<std::string>& experiments,
                              const std::vector<measure::mechanism>& known,
                              const std::vector<std::string>& mechanisms) {
  const temp_dir where;
  measure::assignment work;
  work.directory = where.path();
  work.experiments = named(measure::experiments(), experiments);
  work.mechanisms = named(known, mechanisms);
  work.how_much = measure::effort::quick;
  outcome_of_run run{measure::carry_out(work), {}};
  for (const auto& entry : std::filesystem::directory_iterator(where.path()))
    run.left_behind.push_back(entry.path());
  return run;
}

std::vector<row> rows_of(const results& r, const std::string& experiment,
                         const std::string& mechanism, const std::string& metric) {
  std::vector<row> some;
  for (const row& each : r.rows)
    if (each.experiment == experiment && each.mechanism == mechanism && each.metric == metric)
      some.push_back(each);
  return some;
}

double figure(const results& r, const std::string& experiment, const std::string& mechanism,
              const std::string& metric) {
  return value_of<double>(r, experiment, mechanism, metric);
}

bool answer(const results& r, const std::string& experiment, const std::string& mechanism,
            const std::string& metric) {
  return value_of<bool>(r, experiment, mechanism, metric);
}

double sum_of(const results& r, const std::string& experiment, const std::string& mechanism,
              const std::string& metric) {
  double sum = 0;
  for (const row& each : rows_of(r, experiment, mechanism, metric))
    if (const double* value = std::get_if<double>(&each.value)) sum += *value;
  return sum;
}

double most_of(const results& r, const std::string& experiment, const std::string& mechanism,
               const std::string& metric) {
  double most = 0;
  for (const row& each : rows_of(r, experiment, mechanism, metric))
    if (const double* value = std::get_if<double>(&each.value)) most = std::max(most, *value);
  return most;
}

std::string reason(const results& r, const std::string& experiment, const std::string& mechanism,
                   const std::string& metric) {
  for (const row& each : rows_of(r, experiment, mechanism, metric))
    if (!each.skipped.empty()) return each.skipped;
  return {};
}

}  // namespace inturn::test
