#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/failure.hpp"
#include "cli/subcommand.hpp"
#include "cli/take_in_time.hpp"

namespace inturn::cli {

struct run_options {
  std::string lock;                  // the lock file
  std::vector<std::string> command;  // with its arguments
  lock_wish wish;
  int conflict_status = status::conflict;
  bool close = false;    // the command gets no descriptor of the lock
  bool no_fork = false;  // become the command
  bool verbose = false;
};

/// Empty: help was asked for, and has been printed.
std::optional<run_options> parse_run(const arguments& given);

}  // namespace inturn::cli
