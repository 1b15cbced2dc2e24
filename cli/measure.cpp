#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/failure.hpp"
#include "cli/parse.hpp"
#include "cli/subcommand.hpp"
#include "measure/catalogue.hpp"
#include "measure/experiments/all.hpp"
#include "measure/interruption.hpp"
#include "measure/report_html.hpp"
#include "measure/request.hpp"

namespace inturn::cli {
namespace {

/// Each name is one of them.
template <class T>
void check_names(const std::vector<std::string>& names, const std::vector<T>& all,
                 std::string_view kind) {
  for (const std::string& name : names) {
    if (std::any_of(all.begin(), all.end(), [&](const T& each) { return each.name == name; }))
      continue;
    std::string known;
    for (const T& each : all) known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
    misuse(measure_subcommand, fmt::format("{}: no such {} (there are: {})", name, kind, known));
  }
}

/// Opened before anything is measured: what takes minutes should not end with a name that cannot be written.
std::ofstream open_page(const std::string& name) {
  if (!measure::has_page())
    throw failure(status::unavailable,
                  name + ": this inturn was built without the page (build it with INTURN_PAGE)");
  std::ofstream file(name);
  if (!file)
    throw failure(status::cannot_create,
                  explain(name, "cannot write the page", errno, "name another file"));
  return file;
}

int measure(const arguments& given) {
  CLI::App app;
  measure::request what;
  what.directory = std::filesystem::temp_directory_path();
  app.add_option("EXPERIMENT", what.experiments);
  app.add_option("--mechanism", what.mechanisms)->allow_extra_args(false);
  app.add_option("--dir", what.directory);
  app.add_flag("--json", what.json);
  std::string page;
  app.add_option("--html", page);
  app.add_flag("--quick", what.quick);
  if (!parse(app, measure_subcommand, given)) return status::ok;
  check_names(what.experiments, measure::experiments(), "experiment");
  check_names(what.mechanisms, measure::catalogue(), "mechanism");
  std::ofstream page_file;
  if (!page.empty()) {
    page_file = open_page(page);
    what.page = [&](const std::string& html) {
      if (!(page_file << html << std::flush))
        throw failure(status::cannot_create,
                      explain(page, "cannot write the page", errno, "is the disk full?"));
    };
  }
  try {
    return measure::answer_request(what, measure::catalogue(), print);
  } catch (const measure::interrupted& e) {
    return status::of_signal + e.signal_number();
  }
}

constexpr std::string_view help =
    R"(inturn measure [EXPERIMENT...] [--mechanism MECHANISM...] [--dir DIR] [--json] [--html FILE]
               [--quick]

What the locks of this machine really do: whether they exclude, in what order they are granted, who is
passed over, who starves, what survives a close, a fork, a death, and what each costs. Without EXPERIMENT:
all of these.

Experiments: queue, barge, starve, convert, close, inherit, mandatory, death, deadlock, cost, contention,
ranges.
      --mechanism MECHANISM   only this one; may be given several times: flock, posix, lockf, ofd,
                              ofd-shared, flock-shared, mkdir, robust-mutex, rwlock, semaphore, eventfd,
                              futex, inturn, turnstile
      --dir DIR               ask on that file system (default: $TMPDIR, else /tmp)
      --json                  one object with all figures, instead of tables
      --html FILE             a page as well, for a browser: who held the lock when, waits, costs, claims
      --quick                 within a minute; without it within ten
  -h, --help                  this text

Leaves no file in DIR, and no process.

Exit status: 0; 3 exclusion does not hold in DIR; 64 usage; 69 nothing can be measured in DIR.
)";

}  // namespace

constinit const subcommand measure_subcommand{"measure", "what the locks of this machine really do",
                                              help, measure};

}  // namespace inturn::cli
