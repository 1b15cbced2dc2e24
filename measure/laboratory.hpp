#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "measure/claim.hpp"
#include "measure/experiment.hpp"
#include "measure/machine.hpp"
#include "measure/mechanism.hpp"
#include "measure/result.hpp"

namespace inturn::measure {

/// What is to be asked of whom, where.
struct assignment {
  std::filesystem::path directory;
  std::vector<const experiment*> experiments;
  std::vector<const mechanism*> mechanisms;
  effort how_much = effort::full;
  /// Told "barge: flock" and the like, as it goes on.
  std::function<void(const std::string&)> doing = [](const std::string&) {};
};

/// A mechanism as it was found here.
struct presence {
  const mechanism* which = nullptr;
  std::string missing;  // why it cannot be had; empty: it can
  bool lets_two_in = false;
};

/// The look that comes before all experiments: one holds, and another one has to wait.
inline constexpr const char* first_look = "exclusion";

/// A mechanism that should exclude, and where two were inside at once.
struct breach {
  std::string mechanism;
  std::string experiment;
};

struct report {
  machine where;
  std::vector<presence> mechanisms;
  std::vector<breach> breaches;
  std::vector<verdict> claims;
  results found;
};

/// Carries it out. Leaves no process and no file. Throws std::system_error when nothing can be measured in
/// that directory, interrupted when a signal came.
report carry_out(const assignment& what);

}  // namespace inturn::measure
