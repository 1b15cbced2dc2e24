#pragma once

#include <CLI/CLI.hpp>
#include <string_view>

#include "cli/print.hpp"
#include "cli/subcommand.hpp"
#include "cli/values.hpp"

// CLI11's headers take seconds to compile: this one is for the files that declare options.

namespace inturn::cli {

/// Parses a subcommand's arguments. False: help was asked for, and has been printed.
/// Throws failure (usage) that names the subcommand.
bool parse(CLI::App& app, const subcommand& which, const arguments& given);

/// A usage error of that subcommand.
[[noreturn]] void misuse(const subcommand& which, std::string_view what);

}  // namespace inturn::cli
