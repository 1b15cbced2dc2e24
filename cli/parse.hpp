#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/subcommand.hpp"

namespace inturn::cli {

/// Parses a subcommand's arguments. False: help was asked for, and has been printed.
/// Throws failure (usage) that names the subcommand.
bool parse(CLI::App& app, const subcommand& which, const arguments& given);

/// A usage error of that subcommand.
[[noreturn]] void misuse(const subcommand& which, std::string_view what);

/// Decimal seconds with fractions, not negative; in nanoseconds, and no_end when so long that it
/// makes no difference. Throws std::invalid_argument.
std::uint64_t parse_seconds(const std::string& text);
inline constexpr std::uint64_t no_end = ~std::uint64_t{0};

/// A decimal number up to `most`. Throws std::invalid_argument.
std::uint64_t parse_number(const std::string& text, std::uint64_t most);

/// On standard output; throws failure if it cannot be written.
void print(const std::string& text);

}  // namespace inturn::cli
