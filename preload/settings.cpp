#include "settings.hpp"

#include <stdlib.h>
#include <unistd.h>

namespace inturn::preload {
namespace {

constexpr std::uint64_t usual_poll_hold_ms = 100, longest_poll_hold_ms = 60'000;

settings ours;

/// A path that still names the same after a chdir.
void read_path(const char* variable, path_text& out) {
  const char* const given = ::secure_getenv(variable);
  if (given == nullptr || *given == '\0') return;
  if (*given != '/' && (given[0] != '-' || given[1] != '\0')) {
    char here[4096];
    if (::getcwd(here, sizeof here) != nullptr) out.add(here).add("/");
  }
  out.add(given);
}

std::uint64_t read_poll_hold() {
  const char* const given = ::secure_getenv("INTURN_POLL_HOLD");
  if (given == nullptr || *given == '\0') return usual_poll_hold_ms;
  std::uint64_t ms = 0;
  for (const char* c = given; *c != '\0'; ++c) {
    if (*c < '0' || *c > '9') return usual_poll_hold_ms;
    ms = ms * 10 + static_cast<std::uint64_t>(*c - '0');
    if (ms > longest_poll_hold_ms) return longest_poll_hold_ms;
  }
  return ms;
}

[[gnu::constructor]] void at_load() {
  read_path("INTURN_RUNTIME_DIR", ours.runtime_directory);
  read_path("INTURN_LOG", ours.log);
  ours.poll_hold_ns = read_poll_hold() * 1'000'000;
}

}  // namespace

const settings& our_settings() { return ours; }

}  // namespace inturn::preload
