#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "cli/acquire.hpp"
#include "cli/command.hpp"
#include "cli/run_options.hpp"

namespace inturn::cli {
namespace {

/// The command finds its fencing token there; never one that was meant for us.
void set_ticket(const std::optional<std::uint64_t>& ticket) {
  constexpr const char* variable = "INTURN_TICKET";
  if (ticket)
    ::setenv(variable, fmt::format("{}", *ticket).c_str(), 1);
  else
    ::unsetenv(variable);
}

int start(const std::vector<std::string>& command) {
  try {
    return run_command([&] { become(command); });
  } catch (const std::system_error& e) {
    throw failure(status::system, explain(command[0], "cannot start it", e.code().value(),
                                          "end other processes, or raise the limit (ulimit -u)"));
  }
}

int run(const arguments& given) {
  const std::optional<run_options> options = parse_run(given);
  if (!options) return status::ok;
  const std::optional<locked> lock = acquire(*options);
  if (!lock) return options->conflict_status;
  set_ticket(lock->ticket);
  // The lock is the description's: it lives until the last process that has the descriptor is gone.
  if (!options->close) ::fcntl(lock->fd.get(), F_SETFD, 0);
  if (options->no_fork) become(options->command);
  return start(options->command);
}

constexpr std::string_view help =
    R"(inturn run [OPTIONS] LOCK [--] COMMAND [ARG...]
inturn run [OPTIONS] LOCK -c STRING

Takes a lock on the file LOCK (made if it is missing) in turn, runs COMMAND, and releases.

  -s, --shared                  together with other shared ones
  -x, -e, --exclusive           alone (the default)
  -n, --nonblock                do not wait
  -w, --timeout SECONDS         wait no longer (fractions are fine; 0: do not wait)
  -E, --conflict-exit-code N    exit with N if not locked in time (default 1)
  -c, --command STRING          run STRING by $SHELL -c
  -F, --no-fork                 become COMMAND, instead of waiting for it
  -o, --close                   COMMAND does not inherit the lock: it ends with inturn
      --start N, --length N     lock these bytes only (length 0: to the end), by OFD locks
      --verbose                 say how many are ahead, and how long it took
  -h, --help                    this text

It is the lock that flock(1) takes (with --start or --length: fcntl(2)'s of open file descriptions), so they
exclude each other. COMMAND finds INTURN_TICKET in its environment, a number that grows from grant to grant.

Exit status: COMMAND's own; 128 + the signal that it died of; 1, or -E's, if not locked in time; 64 usage;
66 cannot open LOCK (73: cannot make it); 69 cannot lock it, or cannot execute COMMAND; 71 system error.
)";

}  // namespace

constinit const subcommand run_subcommand{"run", "take a lock in turn, run a command, release",
                                          help, run};

}  // namespace inturn::cli
