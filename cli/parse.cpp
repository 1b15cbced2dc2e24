#include "cli/parse.hpp"

#include <fmt/format.h>

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

}  // namespace inturn::cli
