#include <cstdlib>
#include <stdexcept>
#include <string>

#include "base/clock.hpp"
#include "cli/failure.hpp"
#include "cli/free_watch.hpp"
#include "cli/parse.hpp"
#include "cli/subcommand.hpp"

namespace inturn::cli {
namespace {

struct wait_options {
  std::string lock;
  bool exclusive = true;
  std::uint64_t timeout_ns = no_end;
  int conflict_status = status::conflict;
};

/// False: help was asked for, and has been printed.
bool parse_wait(const arguments& given, wait_options& out) {
  CLI::App app;
  std::string timeout, conflict_status;
  bool nonblock = false;
  app.add_option("LOCK", out.lock)->required();
  app.add_flag("-x,-e,--exclusive,!-s,!--shared", out.exclusive);
  app.add_flag("-n,--nb,--nonblock", nonblock);
  const auto last = CLI::MultiOptionPolicy::TakeLast;
  const auto* with_timeout =
      app.add_option("-w,--wait,--timeout", timeout)->multi_option_policy(last);
  const auto* with_status =
      app.add_option("-E,--conflict-exit-code", conflict_status)->multi_option_policy(last);
  if (!parse(app, wait_subcommand, given)) return false;
  try {
    if (*with_timeout) out.timeout_ns = parse_seconds(timeout);
    if (*with_status) out.conflict_status = static_cast<int>(parse_number(conflict_status, 255));
  } catch (const std::invalid_argument& e) {
    misuse(wait_subcommand, e.what());
  }
  if (nonblock) out.timeout_ns = 0;
  return true;
}

int wait(const arguments& given) {
  wait_options options;
  if (!parse_wait(given, options)) return status::ok;
  const std::uint64_t began = base::monotonic_ns();
  const std::uint64_t until = options.timeout_ns == no_end ? no_end : began + options.timeout_ns;
  free_watch lock(find_target(options.lock), options.exclusive);
  while (!lock.is_free()) {
    if (base::monotonic_ns() >= until) return options.conflict_status;
    lock.wait(until);
  }
  if (!lock.sees_all())
    complain(options.lock +
             ": free, as far as can be seen: some processes, or a queue, could not be looked at "
             "(ask as root, outside of containers)");
  return status::ok;
}

constexpr std::string_view help =
    R"(inturn wait [OPTIONS] LOCK

Waits until nobody holds a lock on the file LOCK, in whatever way (flock(2), fcntl(2), a region of the
library), and nobody waits for one in turn. It takes nothing itself, and is in nobody's way: when it ends, the
lock was free a moment ago, and may be taken again.

  -w, --timeout SECONDS         wait no longer (fractions are fine; 0: only look)
  -n, --nonblock                only look
  -s, --shared                  until a shared lock could be had: shared ones do not matter
  -x, -e, --exclusive           until an exclusive lock could be had (the default)
  -E, --conflict-exit-code N    exit with N if it is not free in time (default 1)
  -h, --help                    this text

Exit status: 0 free; 1, or -E's, not free in time; 66 no such file; 64 usage; 69 a region that cannot be read.
)";

}  // namespace

constinit const subcommand wait_subcommand{"wait", "wait until a lock is free, without taking it",
                                           help, wait};

}  // namespace inturn::cli
