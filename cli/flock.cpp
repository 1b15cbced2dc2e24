#include "cli/flock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "cli/command.hpp"
#include "cli/failure.hpp"
#include "cli/flock_lock.hpp"
#include "cli/flock_options.hpp"

// Standard output goes through stdio, as flock(1)'s does: where it is no terminal, what is written with
// --verbose comes after the command's output.

namespace inturn::cli {
namespace {

constexpr std::string_view usage = R"(
Usage:
 {0} [options] <file>|<directory> <command> [<argument>...]
 {0} [options] <file>|<directory> -c <command>
 {0} [options] <file descriptor number>
 {0} [options] --fd <file descriptor number> <command> [<argument>...]
 {0} [options] --fd <file descriptor number> -c <command>

Takes a file lock in turn, for a command or for a shell script.

Options:
 -s, --shared             a shared lock
 -x, -e, --exclusive      an exclusive lock (the default)
 -u, --unlock             take the lock away
 -n, --nb, --nonblocking  do not wait
 -w, --wait, --timeout <seconds>    wait no longer; fractions are fine, 0 is -n
 -E, --conflict-exit-code <number>  exit status if not locked in time (default 1)
 -o, --close              the command does not inherit the lock
 -c, --command <command>  run a string by $SHELL -c
 -F, --no-fork            become the command, instead of waiting for it
     --fcntl              an fcntl(2) lock, of open file descriptions, instead of flock(2)'s
     --start <offset>     of these bytes only (implies --fcntl)
     --length <number>    so many (implies --fcntl; 0: to the end)
     --fd <number>        lock this descriptor while a command runs
     --verbose            say how long it took, or why it failed

 -h, --help               this text
 -V, --version            which version this is

This is util-linux's flock(1), with locks that are granted in the order in which they were asked for, and
with signals that are passed on to the command. See docs/flock.md.
)";

class flock_call {
 public:
  flock_call(const std::string& name, const flock_options& options)
      : name_(name), options_(options) {}

  int main() {
    const flock_outcome lock = lock_or_unlock(options_);
    if (options_.verbose) tell(lock);
    if (!lock.granted) return options_.conflict_status;
    if (options_.command.empty()) return status::ok;
    // As flock(1) has it; ignored by who started us, it would take the command's exit status away.
    std::signal(SIGCHLD, SIG_DFL);
    if (lock.opened) ::fcntl(lock.fd, F_SETFD, 0);
    if (options_.verbose)
      std::fputs(fmt::format("{}: executing {}\n", name_, options_.command[0]).c_str(), stdout);
    if (!options_.no_fork) return start(lock.fd);
    std::fflush(stdout);
    become();
  }

 private:
  void tell(const flock_outcome& lock) const {
    if (!lock.out_of_turn.empty()) complain("order is not guaranteed: " + lock.out_of_turn, name_);
    if (lock.granted)
      std::fputs(fmt::format("{}: getting lock took {:.6f} seconds\n", name_, lock.seconds).c_str(),
                 stdout);
    else
      complain(lock.timed_out ? "timeout while waiting to get lock" : "failed to get lock", name_);
  }

  [[noreturn]] void become() const {
    const std::string& program = options_.command[0];
    const int error = try_to_become(options_.command);
    complain(
        fmt::format("failed to execute {}: {}", program, std::generic_category().message(error)),
        name_);
    ::_exit(error == ENOMEM ? status::system : status::unavailable);
  }

  int start(int fd) const {
    try {
      return run_command([&] {
        if (options_.close) ::close(fd);
        become();
      });
    } catch (const std::system_error& e) {
      throw failure(status::system, fmt::format("fork failed: {}", e.code().message()));
    }
  }

  const std::string& name_;
  const flock_options& options_;
};

int perform(const std::string& name, const arguments& given) {
  const flock_options options = parse_flock(name, given);
  switch (options.what) {
    case flock_options::what::help:
      std::fputs(fmt::format(usage, name).c_str(), stdout);
      return status::ok;
    case flock_options::what::version:
      std::fputs(fmt::format("{} from inturn {} (util-linux 2.42)\n", name, INTURN_VERSION).c_str(),
                 stdout);
      return status::ok;
    case flock_options::what::lock:
      break;
  }
  return flock_call(name, options).main();
}

int perform_or_complain(const std::string& name, const arguments& given) {
  try {
    return perform(name, given);
  } catch (const failure& f) {
    if (*f.what() != '\0') complain(f.what(), name);
    return f.exit_status();
  }
}

/// False: what was written to it is lost.
bool standard_output_is_complete() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace

int flock_as(const std::string& name, const arguments& given) {
  const int exit_status = perform_or_complain(name, given);
  if (standard_output_is_complete() || errno == EPIPE || errno == EBADF) return exit_status;
  complain("write error: " + std::generic_category().message(errno), name);
  return 1;
}

constinit const subcommand flock_subcommand{
    "flock", "flock(1) of util-linux, in turn", "",
    [](const arguments& given) { return flock_as("inturn flock", given); }};

}  // namespace inturn::cli
