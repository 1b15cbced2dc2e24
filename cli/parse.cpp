#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "cli/failure.hpp"

namespace inturn::cli {

void misuse(const subcommand& which, std::string_view what) {
  throw failure(status::usage, fmt::format("{0}: {1} (see inturn {0} --help)", which.name, what));
}

bool parse(CLI::App& app, const subcommand& which, const arguments& given) {
  try {
    app.parse(arguments(given.rbegin(), given.rend()));
    return true;
  } catch (const CLI::CallForHelp&) {
    print(std::string(which.help));
    return false;
  } catch (const CLI::ParseError& e) {
    misuse(which, e.what());
  }
}

std::uint64_t parse_seconds(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || rest != end || !std::isfinite(seconds) || std::signbit(seconds))
    throw std::invalid_argument("not a number of seconds");
  constexpr double longest = 1e9;
  return seconds >= longest ? no_end : static_cast<std::uint64_t>(seconds * 1e9);
}

std::uint64_t parse_number(const std::string& text, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number > most)
    throw std::invalid_argument(fmt::format("not a number from 0 to {}", most));
  return number;
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw failure(status::system, explain("standard output", "cannot write", errno,
                                          "see that there is room for it"));
}

}  // namespace inturn::cli
