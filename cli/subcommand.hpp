#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inturn::cli {

using arguments = std::vector<std::string>;

struct subcommand {
  std::string_view name;
  std::string_view does;  // one line for the list
  std::string_view help;  // what `inturn NAME --help` prints, unless main does so by itself
  int (*main)(const arguments& given);
};

extern const subcommand exec_subcommand;
extern const subcommand run_subcommand;
extern const subcommand flock_subcommand;
extern const subcommand show_subcommand;
extern const subcommand wait_subcommand;
extern const subcommand measure_subcommand;

}  // namespace inturn::cli
