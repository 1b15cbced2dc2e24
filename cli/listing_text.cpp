#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/listing.hpp"

namespace inturn::cli {
namespace {

constexpr std::size_t columns = 8;
using row = std::array<std::string, columns>;

/// Safe on a terminal: a command line may hold anything.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '?';
  return text;
}

std::string duration(const std::optional<double>& seconds) {
  if (!seconds) return "?";
  const double s = std::max(*seconds, 0.0);
  if (s < 1) return fmt::format("{:.0f} ms", s * 1000);
  if (s < 60) return fmt::format("{:.1f} s", s);
  const auto minutes = static_cast<std::uint64_t>(s / 60);
  if (minutes < 60) return fmt::format("{} min {} s", minutes, static_cast<std::uint64_t>(s) % 60);
  if (minutes < 24 * 60) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  return fmt::format("{} d {} h", minutes / (24 * 60), minutes / 60 % 24);
}

std::string bytes(const inturn::range& r) {
  if (r.start == 0 && r.length == 0) return "all";
  if (r.length == 0) return fmt::format("{}-", r.start);
  return fmt::format("{}-{}", r.start, r.start + (r.length - 1));
}

std::string command(const party& p) {
  std::string text = printable(p.command.value_or("?"));
  if (!p.also.empty()) text += fmt::format("  (also {})", fmt::join(p.also, ", "));
  return text;
}

row row_of(const party& p, std::string place) {
  return {std::move(place),    p.pid ? fmt::format("{}", *p.pid) : "?",
          name_of(p.kind),     name_of(p.mode),
          bytes(p.range),      p.ticket ? fmt::format("{}", *p.ticket) : "-",
          duration(p.seconds), command(p)};
}

std::string table(const std::vector<row>& rows) {
  std::array<std::size_t, columns> widths{};
  for (const row& each : rows)
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], each[i].size());
  std::string text;
  for (const row& each : rows) {
    for (std::size_t i = 0; i + 1 < columns; ++i)
      text += fmt::format("  {:{}}", each[i], widths[i]);
    text += "  " + each.back() + "\n";
  }
  return text;
}

std::string as_text(const listing& lock) {
  std::string text = printable(lock.path);
  if (lock.holders.empty() && lock.waiters.empty()) {
    text += ": not locked\n";
  } else {
    std::vector<row> rows{{"", "PID", "KIND", "MODE", "BYTES", "TICKET", "FOR", "COMMAND"}};
    for (const party& p : lock.holders) rows.push_back(row_of(p, "holds"));
    std::size_t place = 0;
    for (const party& p : lock.waiters)
      rows.push_back(row_of(p, p.ticket ? fmt::format("waits {}", ++place) : "waits"));
    text += ":\n" + table(rows);
  }
  if (lock.only_this_user)
    text +=
        "  (somebody else's file is where the common order should be: it holds among one user's "
        "processes)\n";
  if (!lock.complete)
    text += "  (not every process could be looked at: there may be holders that are not shown)\n";
  return text;
}

}  // namespace

const char* name_of(lock::kind k) {
  switch (k) {
    case lock::kind::native:
      return "native";
    case lock::kind::flock:
      return "flock";
    case lock::kind::ofd:
      return "ofd";
    case lock::kind::posix:
      return "posix";
  }
  return "native";
}

const char* name_of(inturn::mode m) {
  switch (m) {
    case mode::shared:
      return "shared";
    case mode::update:
      return "update";
    case mode::exclusive:
      return "exclusive";
  }
  return "exclusive";
}

std::string as_text(const std::vector<listing>& all) {
  std::string text;
  for (const listing& each : all) text += (text.empty() ? "" : "\n") + as_text(each);
  return text;
}

}  // namespace inturn::cli
