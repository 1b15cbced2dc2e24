#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/loadable.hpp"
#include "cli/parse.hpp"

namespace inturn::cli {
namespace {

namespace fs = std::filesystem;

struct exec_options {
  bool best_effort = false;
  std::string poll_hold_ms;  // empty: not given
  arguments command;
};

/// [OPTIONS] [--] PROGRAM [ARG...]. False: help was asked for.
bool parse_exec(const arguments& given, exec_options& out) {
  constexpr std::uint64_t longest_hold_ms = 60'000;
  CLI::App app;
  app.prefix_command();
  app.add_flag("--best-effort", out.best_effort);
  app.add_option("--poll-hold", out.poll_hold_ms)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (!parse(app, exec_subcommand, given)) return false;
  if (!out.poll_hold_ms.empty()) try {
      parse_number(out.poll_hold_ms, longest_hold_ms);
    } catch (const std::invalid_argument& e) {
      misuse(exec_subcommand, fmt::format("--poll-hold {}: {}", out.poll_hold_ms, e.what()));
    }
  out.command = app.remaining();
  if (!out.command.empty() && out.command[0] == "--")
    out.command.erase(out.command.begin());
  else if (!out.command.empty() && out.command[0].starts_with('-'))
    misuse(exec_subcommand, out.command[0] + ": no such option");
  if (out.command.empty()) misuse(exec_subcommand, "PROGRAM is missing");
  return true;
}

/// Beside this program where it was built, or where it is installed; moved together, they find each other.
std::string find_library() {
  std::error_code failed;
  const fs::path here = fs::read_symlink("/proc/self/exe", failed).parent_path();
  for (const char* place : {INTURN_PRELOAD_BUILT, INTURN_PRELOAD_INSTALLED}) {
    const fs::path path = (here / place / "libinturn-preload.so").lexically_normal();
    if (fs::is_regular_file(path, failed)) return path;
  }
  throw failure(
      status::unavailable,
      fmt::format(
          "{}: not there (install inturn whole, or --best-effort to go on without order)",
          (here / INTURN_PRELOAD_INSTALLED / "libinturn-preload.so").lexically_normal().string()));
}

/// The loader's list: ours first, then what is there.
void preload(const std::string& library) {
  if (library.find_first_of(": ") != std::string::npos)
    throw failure(status::unavailable,
                  library +
                      ": the dynamic loader takes no names with colons or spaces (install inturn "
                      "elsewhere, or --best-effort to go on without order)");
  const char* const before = std::getenv("LD_PRELOAD");
  std::string list = before != nullptr ? before : "";
  if (list == library || list.starts_with(library + ":")) return;
  if (!list.empty()) list.insert(0, ":");
  ::setenv("LD_PRELOAD", (library + list).c_str(), 1);
}

void prepare(const std::string& program) {
  const std::string library = find_library();
  const std::string why = why_not_loaded(program, library);
  if (!why.empty()) throw failure(status::unavailable, why);
  preload(library);
}

int exec(const arguments& given) {
  exec_options options;
  if (!parse_exec(given, options)) return status::ok;
  const auto program = find_program(options.command[0]);
  // What is not there, or not to be executed, the attempt to do so will say.
  if (program) try {
      prepare(*program);
    } catch (const failure& f) {
      if (!options.best_effort) throw;
      complain(std::string("order is not guaranteed: ") + f.what());
    }
  if (!options.poll_hold_ms.empty()) ::setenv("INTURN_POLL_HOLD", options.poll_hold_ms.c_str(), 1);
  become(options.command);
}

constexpr std::string_view help =
    R"(inturn exec [OPTIONS] [--] PROGRAM [ARG...]

Becomes PROGRAM, unmodified, whose file locks (flock, fcntl, lockf), and those of the programs that it starts,
are taken in turn. All else is as without it.

      --poll-hold MS    one who polls for a lock is held back until its turn, for MS at most (default 100;
                        0: not at all)
      --best-effort     go on if it cannot be done for PROGRAM: static, set-user-ID, for another machine
  -h, --help            this text

INTURN_LOG=FILE in the environment (or -, for standard error) says what was not taken in turn, and why.

Exit status: PROGRAM's own; 64 usage; 69 it cannot be done, or PROGRAM cannot be executed.
)";

}  // namespace

constinit const subcommand exec_subcommand{"exec", "run a program with its file locks in turn",
                                           help, exec};

}  // namespace inturn::cli
