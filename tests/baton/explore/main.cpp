#include <cstdio>
#include <cstring>

#include "baton/explore/state.hpp"

// explore_baton [--expect-failure] [SCENARIO...]

namespace inturn::explore_baton {
namespace {

/// A member that has its turn so many times, and leaves.
script takes(unsigned many) {
  script s;
  for (unsigned i = 0; i < many; ++i) {
    s.push_back({call::wait});
    s.push_back({call::hand_on});
  }
  s.push_back({call::leave});
  return s;
}

script names(unsigned whom) { return {{call::wait}, {call::hand_to, whom}, {call::leave}}; }

const script tries{{call::try_wait}, {call::hand_on}, {call::leave}};

/// The same, and joins first.
script joins(script then, unsigned place = nobody) {
  then.insert(then.begin(), {call::join, place});
  return then;
}

const script comes_and_goes{{call::join}, {call::leave}};

/// A word that nobody honest has written: members who were never there.
word nonsense(relay::state s, unsigned place, u32 members) {
  return relay::make_word(s, place, false, 7, members);
}

std::vector<scenario> scenarios() {
  const auto j = [](unsigned many) { return joins(takes(many)); };
  const auto at = [](unsigned place, unsigned many) { return joins(takes(many), place); };
  return {
      {.name = "alone", .scripts = {j(3)}, .kills = 1},
      {.name = "two", .scripts = {at(0, 3), at(1, 3)}},
      {.name = "two-die", .scripts = {j(2), j(2)}, .kills = 1},
      {.name = "two-die-late", .scripts = {j(1), j(2)}, .kills = 2, .late = 1},
      {.name = "three", .scripts = {takes(2), takes(2), takes(2)}, .joined = 3},
      {.name = "three-die", .scripts = {takes(1), takes(1), takes(1)}, .kills = 2, .joined = 3},
      {.name = "newcomer", .scripts = {takes(2), takes(1), j(1)}, .joined = 2},
      {.name = "newcomer-die", .scripts = {takes(1), takes(1), j(1)}, .kills = 1, .joined = 2},
      {.name = "places-again", .scripts = {at(0, 1), at(0, 1), at(1, 1)}, .kills = 1},
      {.name = "born-and-dead",
       .scripts = {takes(1), comes_and_goes, comes_and_goes},
       .kills = 2,
       .joined = 1},
      {.name = "named", .scripts = {names(2), takes(1), takes(1)}, .joined = 3},
      {.name = "named-die", .scripts = {names(1), names(0)}, .kills = 1, .joined = 2},
      {.name = "tries", .scripts = {tries, tries, takes(1)}, .joined = 3},
      {.name = "tries-die", .scripts = {takes(2), tries}, .kills = 1, .late = 1, .joined = 2},
      {.name = "hostile-lying",
       .scripts = {j(1), j(1)},
       .hostile = nonsense(relay::state::lying, 3, 0xc)},
      {.name = "hostile-given",
       .scripts = {j(1), j(1)},
       .hostile = nonsense(relay::state::given, 31, 0)},
  };
}

int run(int argc, char** argv) {
  const bool expect_failure = argc > 1 && std::strcmp(argv[1], "--expect-failure") == 0;
  const auto is_wanted = [&](const std::string& name) {
    const int first = expect_failure ? 2 : 1;
    for (int i = first; i < argc; ++i)
      if (name == argv[i]) return true;
    return first == argc;
  };
  bool failed = false;
  for (const scenario& each : scenarios()) {
    if (!is_wanted(each.name)) continue;
    try {
      std::printf("%-16s %9llu states\n", each.name.c_str(),
                  static_cast<unsigned long long>(search(each)));
    } catch (const foul& f) {
      std::printf("%s\n", f.what());
      failed = true;
    }
    std::fflush(stdout);
  }
  return failed == expect_failure ? 0 : 1;
}

}  // namespace
}  // namespace inturn::explore_baton

int main(int argc, char** argv) { return inturn::explore_baton::run(argc, argv); }
