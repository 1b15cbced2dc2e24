#pragma once

#include <string>

#include "cli/subcommand.hpp"

namespace inturn::cli {

/// flock(1) of util-linux, in turn: docs/flock.md. name: what we are called, in messages.
int flock_as(const std::string& name, const arguments& given);

}  // namespace inturn::cli
