#include "cli/lock_lines.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace inturn::cli {
namespace {

inturn::range to_range(const std::string& first, const std::string& last) {
  const std::uint64_t from = std::strtoull(first.c_str(), nullptr, 10);
  if (last == "EOF") return {from, 0};
  return {from, std::strtoull(last.c_str(), nullptr, 10) - from + 1};
}

}  // namespace

// "1: FLOCK  ADVISORY  WRITE 6039 fe:00:10952986 0 EOF", with "->" after the number if it waits
std::optional<kernel_lock> parse_lock_line(const std::string& line) {
  std::istringstream words(line);
  kernel_lock out;
  std::string number, kind, advisory, mode, first, last;
  words >> number >> kind;
  out.blocked = kind == "->";
  if (out.blocked) words >> kind;
  words >> advisory >> mode >> out.taker >> out.where >> first >> last;
  if (!words) return {};
  if (kind == "FLOCK")
    out.kind = lock::kind::flock;
  else if (kind == "OFDLCK")
    out.kind = lock::kind::ofd;
  else if (kind == "POSIX")
    out.kind = lock::kind::posix;
  else
    return {};
  if (mode != "READ" && mode != "WRITE") return {};
  out.mode = mode == "READ" ? mode::shared : mode::exclusive;
  out.range = to_range(first, last);
  return out;
}

std::vector<kernel_lock> blocked_locks() {
  std::vector<kernel_lock> all;
  std::ifstream file("/proc/locks");
  for (std::string line; std::getline(file, line);)
    if (auto found = parse_lock_line(line); found && found->blocked) all.push_back(*found);
  return all;
}

}  // namespace inturn::cli
