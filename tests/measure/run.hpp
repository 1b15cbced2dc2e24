#pragma once

#include <string>
#include <vector>

#include "measure/laboratory.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

/// A run of the laboratory in a directory of its own, and what was left there.
struct outcome_of_run {
  measure::report found;
  std::vector<std::string> left_behind;
};
outcome_of_run run_laboratory(const std::vector<std::string>& experiments,
                              const std::vector<measure::mechanism>& known,
                              const std::vector<std::string>& mechanisms = {});

/// All rows of that figure.
std::vector<measure::row> rows_of(const measure::results&, const std::string& experiment,
                                  const std::string& mechanism, const std::string& metric);

/// The one figure, or the first of several; fails the test if it is not there.
double figure(const measure::results&, const std::string& experiment, const std::string& mechanism,
              const std::string& metric);
bool answer(const measure::results&, const std::string& experiment, const std::string& mechanism,
            const std::string& metric);
/// The sum over all rows, and the largest.
double sum_of(const measure::results&, const std::string& experiment, const std::string& mechanism,
              const std::string& metric);
double most_of(const measure::results&, const std::string& experiment, const std::string& mechanism,
               const std::string& metric);
/// Why there is no figure; empty if there is one.
std::string reason(const measure::results&, const std::string& experiment,
                   const std::string& mechanism, const std::string& metric);

}  // namespace inturn::test
