#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "measure/statistics.hpp"

// What the laboratory finds out, as plain data: what the reports, and the page, are made of.

namespace inturn::measure {

/// Nothing: it was not measured (the row says why).
using measured = std::variant<std::monostate, bool, double>;

struct parameter {
  std::string name;
  std::variant<bool, double> value;
};

struct row {
  std::string experiment, mechanism, metric;
  measured value;
  std::string unit;
  std::vector<parameter> parameters;
  std::optional<spread> rounds;  // value is then its middle
  std::string skipped;           // why there is no value
};

using span = std::pair<std::uint64_t, std::uint64_t>;  // from, to; ns since the trace began

/// Who held, and who waited, when.
struct traced_process {
  std::string name, role;
  std::vector<span> spans, waits;
  std::uint64_t merged = 1;  // how many holds one span stands for
};
struct trace {
  std::string experiment, mechanism;
  std::uint64_t end_ns = 0;
  std::vector<traced_process> processes;
};

/// How long grants were waited for.
struct waits {
  std::string experiment, mechanism;
  double processes = 0, section_us = 0;
  std::vector<std::pair<double, double>> quantiles;
};

struct results {
  std::vector<row> rows;
  std::vector<trace> traces;
  std::vector<waits> distributions;
};

}  // namespace inturn::measure
