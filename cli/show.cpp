#include <algorithm>
#include <string>
#include <system_error>

#include "cli/failure.hpp"
#include "cli/parse.hpp"
#include "cli/subcommand.hpp"
#include "cli/survey.hpp"

namespace inturn::cli {
namespace {

/// The status of the first that failed; the others are listed all the same.
int find_targets(const std::vector<std::string>& paths, std::vector<target>& out) {
  int first = status::ok;
  const auto note = [&](int exit_status, const char* what) {
    complain(what);
    if (first == status::ok) first = exit_status;
  };
  for (const std::string& path : paths) {
    try {
      out.push_back(find_target(path));
    } catch (const failure& f) {
      note(f.exit_status(), f.what());
    } catch (const std::system_error& e) {
      note(status::unavailable, e.what());
    }
  }
  return first;
}

int show(const arguments& given) {
  CLI::App app;
  std::vector<std::string> paths;
  bool json = false;
  app.add_option("LOCK", paths);
  app.add_flag("--json", json);
  if (!parse(app, show_subcommand, given)) return status::ok;

  std::vector<target> targets;
  int result = status::ok;
  if (paths.empty())
    targets = all_targets();
  else
    result = find_targets(paths, targets);
  std::vector<listing> all = survey(targets);
  if (paths.empty())
    std::erase_if(all, [](const listing& l) { return l.holders.empty() && l.waiters.empty(); });
  if (json || !all.empty()) print(json ? as_json(all) : as_text(all));
  return result;
}

constexpr std::string_view help =
    R"(inturn show [LOCK...] [--json]

Who holds the locks on each LOCK (a lock file, or a region of the library), and who waits, in the order in
which they will be served; those who wait without inturn come last. Without LOCK: every lock file that
somebody uses through inturn and that is held or waited for.

      --json    {"locks": [{"path", "complete", "holders": [...], "waiters": [...]}]}
  -h, --help    this text

Only root can see all processes of others; what could not be looked at is said ("complete": false).

Exit status: 0, locked or not; 64 usage; 66 no such file; 69 a region that cannot be read.
)";

}  // namespace

constinit const subcommand show_subcommand{"show", "who holds a lock, and who waits", help, show};

}  // namespace inturn::cli
