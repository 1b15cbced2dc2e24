#include <fmt/format.h>
#include <unistd.h>

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
#include "measure/laboratory.hpp"
#include "measure/progress.hpp"
#include "measure/report_html.hpp"
#include "measure/report_json.hpp"
#include "measure/report_text.hpp"

namespace inturn::cli {
namespace {

/// Exclusion does not hold in the directory.
constexpr int not_excluding = 3;

template <class T>
std::string names_of(const std::vector<T>& all) {
  std::string names;
  for (const T& each : all) names += fmt::format("{}{}", names.empty() ? "" : ", ", each.name);
  return names;
}

/// Those that are named; all if none is. In the laboratory's order.
template <class T>
std::vector<const T*> choose(const std::vector<T>& all, const std::vector<std::string>& names,
                             std::string_view kind) {
  for (const std::string& name : names)
    if (std::none_of(all.begin(), all.end(), [&](const T& each) { return each.name == name; }))
      misuse(measure_subcommand,
             fmt::format("{}: no such {} (there are: {})", name, kind, names_of(all)));
  std::vector<const T*> chosen;
  for (const T& each : all)
    if (names.empty() || std::find(names.begin(), names.end(), each.name) != names.end())
      chosen.push_back(&each);
  return chosen;
}

/// Before anything is measured: what takes minutes should not end with a name that cannot be written to.
void open_page(std::ofstream& file, const std::string& name) {
  if (!measure::has_page())
    throw failure(status::unavailable,
                  name + ": this inturn was built without the page (INTURN_PAGE)");
  file.open(name);
  if (!file)
    throw failure(status::cannot_create,
                  explain(name, "cannot write the page", errno, "name another file"));
}

void write_page(std::ofstream& file, const std::string& name, const measure::report& found) {
  file << measure::as_html(found) << std::flush;
  if (!file)
    throw failure(status::cannot_create,
                  explain(name, "cannot write the page", errno, "is the disk full?"));
}

int measure(const arguments& given) {
  CLI::App app;
  std::vector<std::string> experiments, mechanisms;
  std::string directory = std::filesystem::temp_directory_path();
  bool json = false, quick = false;
  std::string page;
  app.add_option("EXPERIMENT", experiments);
  app.add_option("--mechanism", mechanisms)->allow_extra_args(false);
  app.add_option("--dir", directory);
  app.add_flag("--json", json);
  app.add_option("--html", page);
  app.add_flag("--quick", quick);
  if (!parse(app, measure_subcommand, given)) return status::ok;

  std::ofstream page_file;
  if (!page.empty()) open_page(page_file, page);
  measure::assignment what;
  what.directory = directory;
  what.experiments = choose(measure::experiments(), experiments, "experiment");
  what.mechanisms = choose(measure::catalogue(), mechanisms, "mechanism");
  what.how_much = quick ? measure::effort::quick : measure::effort::full;
  measure::progress progress;
  what.doing = [&](const std::string& now) { progress.show(now); };
  try {
    const measure::report found = measure::carry_out(what);
    progress.clear();
    if (!page.empty()) write_page(page_file, page, found);
    print(json ? measure::as_json(found) : measure::as_text(found, ::isatty(STDOUT_FILENO) == 1));
    return found.breaches.empty() ? status::ok : not_excluding;
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

Experiments: queue, barge, starve, cost, contention.
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
