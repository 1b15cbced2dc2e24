#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "storm/aftermath.hpp"
#include "storm/referee.hpp"
#include "support/proc.hpp"
#include "support/shared.hpp"

// Many processes that lock, wait, give up, are stopped and killed at random; a checker outside that sees
// every grant. docs/storm.md.

namespace inturn::storm {
namespace {

void print(const checker& judge, const tally& counted, const referee& who) {
  const checker::findings& found = judge.found();
  const auto line = [](const char* what, std::uint64_t count) {
    std::printf("  %-46s %12lu\n", what, static_cast<unsigned long>(count));
  };
  std::printf("%lu grants, %lu refusals, %lu killed, %lu stopped\n",
              static_cast<unsigned long>(found.grants), static_cast<unsigned long>(counted.refused),
              static_cast<unsigned long>(who.killed()), static_cast<unsigned long>(who.stopped()));
  line("seen in the queue, and compared by that", found.seen_queued);
  line("killed while holding", counted.killed_inside);
  line("killed while asking or letting go", counted.killed_asking);
  line("killed in between", counted.killed_idle);
  line("told of a death", found.told);
  line("deaths of which somebody who died was told", found.unjudged_deaths);
  line("out of turn, as stated or not told", found.out_of_turn);
  line("lost their place, as stated", found.lost_places);
  line("overlaps (0)", found.overlaps);
  line("inversions (0)", found.inversions);
  line("deaths kept secret (0)", found.secrets);
}

/// A lock on bytes that nobody asks for, but with all others.
void keep_for_ever(const ground& here) {
  const auto way = make_door(here.places().front(), here.memfd());
  const auto kept = way->enter({true, {100, 1}}, 1);
  for (;;) ::pause();
}

std::vector<std::string> rage(const plan& wanted) {
  const ground here(wanted.files);
  const auto descriptors = test::open_descriptors();
  const auto files = here.files();
  std::vector<std::string> complaints;
  {
    const test::shared<arena> all;
    checker judge;
    timeline log(*all, wanted.processes, here.tells_deaths(), judge);
    referee who(here, *all, wanted, log);
    test::child keeper;
    if (wanted.broken != nullptr && wanted.broken->keeps_a_lock)
      keeper = test::child([&] { keep_for_ever(here); });
    who.run();
    who.call_in();
    print(judge, log.counted(), who);
    complaints = judge.complaints();
    complaints.insert(complaints.end(), who.complaints().begin(), who.complaints().end());
    // A worker has at most: two turnstiles' lanes and one of a call; or a lock file opened again while a
    // hold keeps the old one. Those of the dead are used again only by newcomers.
    for (auto& c : find_remains(here, 4 * wanted.processes, wanted.patience))
      complaints.push_back(c);
  }
  if (test::open_descriptors() != descriptors) complaints.emplace_back("descriptors are left open");
  if (here.files() != files) complaints.emplace_back("files are left in the directories");
  for (const std::string& each : complaints) std::printf("WRONG: %s\n", each.c_str());
  return complaints;
}

/// 0 if the fault was found.
int rage_broken(plan wanted, const fault& broken) {
  wanted.broken = &broken;
  for (const std::string& each : rage(wanted))
    if (each.find(broken.finds) != std::string::npos) {
      std::printf("%s: found\n", broken.name.c_str());
      return 0;
    }
  std::printf("%s: NOT found\n", broken.name.c_str());
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app("Locks under many processes that are stopped and killed at random.", "storm");
  plan wanted;
  long seconds = INTURN_STORM_DEFAULT_SECONDS, patience = 60;
  std::string broken;
  app.add_option("--seconds", seconds, "how long")->envname("INTURN_STORM_SECONDS");
  app.add_option("--processes", wanted.processes, "how many at a time")
      ->check(CLI::Range(1U, most_workers));
  app.add_option("--files", wanted.files, "how many regions, and lock files")
      ->check(CLI::Range(1U, (most_orders - 1) / 2));
  app.add_option("--seed", wanted.seed, "of what the processes and the referee do");
  app.add_option("--patience", patience, "seconds that one step of a process may take");
  app.add_flag("--calm", wanted.calm, "nobody is killed or stopped");
  app.add_option("--fault", broken, "breaks something; succeeds if that is found");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  wanted.time = std::chrono::seconds(seconds);
  wanted.patience = std::chrono::seconds(patience);
  std::printf("storm: %ld s, %u processes, seed %lu\n", seconds, wanted.processes,
              static_cast<unsigned long>(wanted.seed));
  if (broken.empty()) return rage(wanted).empty() ? 0 : 1;
  const fault* const which = find_fault(broken);
  if (which != nullptr) return rage_broken(wanted, *which);
  std::fprintf(stderr, "storm: no such fault; there are:\n");
  for (const fault& each : faults()) std::fprintf(stderr, "  %s\n", each.name.c_str());
  return 64;
}

}  // namespace
}  // namespace inturn::storm

int main(int argc, char** argv) {
  try {
    return inturn::storm::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "storm: %s\n", e.what());
    return 71;
  }
}
