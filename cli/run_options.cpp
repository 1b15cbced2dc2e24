#include "cli/run_options.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "cli/command.hpp"
#include "cli/parse.hpp"

namespace inturn::cli {
namespace {

struct texts {
  std::string timeout, conflict_status, command, start, length;
};

/// The option's value read by `reader`, or a usage error that names both.
template <class Reader>
std::uint64_t value_of(const char* option, const std::string& text, Reader reader) {
  try {
    return reader(text);
  } catch (const std::invalid_argument& e) {
    misuse(run_subcommand, fmt::format("{} {}: {}", option, text, e.what()));
  }
}

/// What follows our own options: [--] LOCK [--] COMMAND [ARG...], or [--] LOCK -c STRING.
void read_operands(std::vector<std::string> rest, const texts& given, bool has_string,
                   run_options& out) {
  auto at = rest.begin();
  if (at != rest.end() && *at == "--")
    ++at;
  else if (at != rest.end() && at->size() > 1 && at->front() == '-')
    misuse(run_subcommand, *at + ": no such option");
  if (at == rest.end()) misuse(run_subcommand, "LOCK and COMMAND are missing");
  out.lock = *at++;
  if (has_string) {
    if (at != rest.end()) misuse(run_subcommand, "-c STRING and a COMMAND besides");
    out.command = shell_command(given.command);
  } else if (at != rest.end() && (*at == "-c" || *at == "--command")) {
    if (rest.end() - at != 2) misuse(run_subcommand, "-c wants exactly one STRING");
    out.command = shell_command(at[1]);
  } else {
    if (at != rest.end() && *at == "--") ++at;
    out.command.assign(at, rest.end());
  }
  if (out.lock.empty()) misuse(run_subcommand, "LOCK is empty");
  if (out.command.empty()) misuse(run_subcommand, "COMMAND is missing");
}

}  // namespace

std::optional<run_options> parse_run(const arguments& given) {
  run_options out;
  texts text;
  bool nonblock = false;
  CLI::App app;
  // Our options end at LOCK: what follows are the command's.
  app.prefix_command();
  app.add_flag("-x,-e,--exclusive,!-s,!--shared", out.wish.exclusive);
  app.add_flag("-n,--nb,--nonblock", nonblock);
  app.add_flag("-o,--close", out.close);
  app.add_flag("-F,--no-fork", out.no_fork);
  app.add_flag("--verbose", out.verbose);
  const auto last = CLI::MultiOptionPolicy::TakeLast;
  const auto* timeout =
      app.add_option("-w,--wait,--timeout", text.timeout)->multi_option_policy(last);
  const auto* conflict =
      app.add_option("-E,--conflict-exit-code", text.conflict_status)->multi_option_policy(last);
  const auto* command = app.add_option("-c,--command", text.command);
  const auto* start = app.add_option("--start", text.start)->multi_option_policy(last);
  const auto* length = app.add_option("--length", text.length)->multi_option_policy(last);
  if (!parse(app, run_subcommand, given)) return {};

  const auto number = [](std::uint64_t most) {
    return [most](const std::string& s) { return parse_number(s, most); };
  };
  out.wish.timeout_ns = *timeout ? value_of("--timeout", text.timeout, parse_seconds) : no_end;
  if (nonblock) out.wish.timeout_ns = 0;
  if (*conflict)
    out.conflict_status =
        static_cast<int>(value_of("--conflict-exit-code", text.conflict_status, number(255)));
  constexpr std::uint64_t last_byte = std::numeric_limits<std::int64_t>::max();
  if (*start || *length) out.wish.bytes.emplace();
  if (*start) out.wish.bytes->start = value_of("--start", text.start, number(last_byte));
  if (*length) out.wish.bytes->length = value_of("--length", text.length, number(last_byte));
  if (out.wish.bytes && out.wish.bytes->length != 0 &&
      out.wish.bytes->length - 1 > last_byte - out.wish.bytes->start)
    misuse(run_subcommand, "--start and --length go beyond the last byte that a file can have");
  if (out.no_fork && out.close)
    misuse(run_subcommand, "--no-fork and --close: then nobody would have the lock");
  read_operands(app.remaining(), text, static_cast<bool>(*command), out);
  return out;
}

}  // namespace inturn::cli
