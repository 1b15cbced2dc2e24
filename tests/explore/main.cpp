#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "explore/search.hpp"

using namespace inturn::explore;

namespace {

int number_from(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

/// The same fault with as few preemptions as it needs: that is the schedule to read.
failure simplest(const scenario& s, failure found) {
  for (int preemptions = 0; preemptions < 6; ++preemptions) {
    const result r = search(s, {preemptions, clock::now() + std::chrono::seconds(20)});
    if (r.failed) return *r.failed;
  }
  return found;
}

void show(const scenario& s, const failure& f) {
  std::printf("\nCOUNTEREXAMPLE in %s: %s\n\n", s.name.c_str(), f.what.c_str());
  replay(s, f.steps, [](const std::string& line) { std::printf("  %s\n", line.c_str()); });
  std::printf("\nTo see it again: explore --replay %s '%s'\n\n", s.name.c_str(),
              write(f.steps).c_str());
}

bool explore_one(const scenario& s, clock::time_point until) {
  const auto started = clock::now();
  const int preemptions = number_from("INTURN_EXPLORE_PREEMPTIONS", s.preemptions);
  result r = search(s, {preemptions, until});
  const double seconds = std::chrono::duration<double>(clock::now() - started).count();
  const std::string bound = r.all_seen ? "complete"
                            : clock::now() >= until
                                ? "bounded by time"
                                : "bounded: " + std::to_string(preemptions) + " preemptions";
  std::printf("%-24s %10zu states %11zu steps %8zu local states %7.1f s  %s\n", s.name.c_str(),
              r.states, r.steps, r.learned, seconds, r.failed ? "WRONG" : bound.c_str());
  std::fflush(stdout);
  if (r.failed) show(s, simplest(s, *r.failed));
  return !r.failed;
}

const scenario* find(const std::string& name) {
  for (const scenario& s : scenarios())
    if (s.name == name) return &s;
  std::fprintf(stderr, "explore: no scenario %s (explore --list names them)\n", name.c_str());
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (!args.empty() && args[0] == "--list") {
    for (const scenario& s : scenarios()) std::printf("%s\n", s.name.c_str());
    return 0;
  }
  if (args.size() == 3 && args[0] == "--replay") {
    replay(*find(args[1]), read_schedule(args[2]),
           [](const std::string& line) { std::printf("%s\n", line.c_str()); });
    return 0;
  }
  if (args.size() == 2 && args[0] == "--check-merging") {
    const scenario& s = *find(args[1]);
    const result a = search(s, {.digest = true});
    const result b = search(s, {.remembers = memory_of_code::everything, .digest = true});
    std::printf("%zu %zu, %lx %lx\n", a.states, b.states, a.outside, b.outside);
    return 0;
  }
  if (args.size() > 1 && args[0] == "--expect-failure") {
    for (std::size_t i = 1; i < args.size(); ++i) {
      for (const int preemptions : {0, 1, 2, 3, 4, -1}) {
        const result r = search(*find(args[i]), {.preemptions = preemptions});
        if (!r.failed) continue;
        std::printf("caught in %s, %d preemptions, after %zu states: %s\n", args[i].c_str(),
                    preemptions, r.states, r.failed->what.c_str());
        return 0;
      }
    }
    std::printf("NOT caught\n");
    return 1;
  }
  const auto until =
      clock::now() + std::chrono::seconds(number_from("INTURN_EXPLORE_SECONDS", 3600));
  bool good = true;
  for (const scenario& s : scenarios()) {
    bool wanted = args.empty();
    for (const std::string& name : args) wanted |= find(name) == &s;
    if (wanted) good &= explore_one(s, until);
  }
  return good ? 0 : 1;
}
