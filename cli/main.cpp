#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "cli/failure.hpp"
#include "cli/flock.hpp"
#include "cli/print.hpp"
#include "cli/subcommand.hpp"

namespace inturn::cli {
namespace {

const subcommand* const subcommands[] = {
    &run_subcommand,  &flock_subcommand,   &show_subcommand,
    &wait_subcommand, &measure_subcommand, &exec_subcommand,
};

const subcommand* find(std::string_view name) {
  for (const subcommand* each : subcommands)
    if (each->name == name) return each;
  return nullptr;
}

std::string overview() {
  std::string text = "inturn: file locks that are granted in turn\n\n";
  for (const subcommand* each : subcommands)
    text += fmt::format("  inturn {:8} {}\n", each->name, each->does);
  return text +
         "\n`inturn SUBCOMMAND --help` says more; `inturn --version` says which version this is.\n";
}

int help(const arguments& given) {
  const subcommand* about = given.empty() ? nullptr : find(given[0]);
  if (!given.empty() && about == nullptr)
    throw failure(status::usage,
                  fmt::format("{}: no such subcommand (see inturn --help)", given[0]));
  if (about != nullptr) return about->main({"--help"});
  print(overview());
  return status::ok;
}

int dispatch(arguments given) {
  if (given.empty()) throw failure(status::usage, "a subcommand is missing (see inturn --help)");
  const std::string name = given[0];
  given.erase(given.begin());
  if (name == "--help" || name == "-h" || name == "help") return help(given);
  if (name == "--version" || name == "-V") {
    print("inturn " INTURN_VERSION "\n");
    return status::ok;
  }
  const subcommand* chosen = find(name);
  if (chosen == nullptr)
    throw failure(status::usage, fmt::format("{}: no such subcommand (see inturn --help)", name));
  return chosen->main(given);
}

}  // namespace
}  // namespace inturn::cli

int main(int argc, char** argv) {
  using namespace inturn::cli;
  try {
    const std::string_view called = argc > 0 ? argv[0] : "";
    const std::string name(called.substr(called.rfind('/') + 1));
    const arguments given(argv + (argc > 0 ? 1 : 0), argv + argc);
    return name == flock_subcommand.name ? flock_as(name, given) : dispatch(given);
  } catch (const failure& f) {
    complain(f.what());
    return f.exit_status();
  } catch (const std::system_error& e) {  // its what() begins with the file's name
    complain(e.what());
    return status::unavailable;
  } catch (const std::exception& e) {
    complain(e.what());
    return status::system;
  }
}
