#pragma once

#include <functional>
#include <string>
#include <vector>

#include "measure/experiment.hpp"

namespace inturn::measure {

/// What somebody has asked for on a command line. Names that are not known choose nothing.
struct request {
  std::string directory;
  std::vector<std::string> experiments, mechanisms;  // none: all
  bool quick = false;
  bool json = false;
  std::function<void(const std::string& html)> page;  // given the page, if one is wanted
};

/// Exclusion does not hold in the directory.
inline constexpr int not_excluding = 3;

/// Measures, and prints. The exit status: 0 or not_excluding. Throws as carry_out.
int answer_request(const request& what, const std::vector<mechanism>& known,
                   const std::function<void(const std::string&)>& print);

}  // namespace inturn::measure
