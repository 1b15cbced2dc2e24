#include "cli/lock_lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>

#include "base/fd.hpp"

namespace inturn::cli {
namespace {

inturn::range to_range(const std::string& first, const std::string& last) {
  const std::uint64_t from = std::strtoull(first.c_str(), nullptr, 10);
  if (last == "EOF") return {from, 0};
  return {from, std::strtoull(last.c_str(), nullptr, 10) - from + 1};
}

/// Without the number in front, and how far it is indented: these come of whom it waits behind.
std::string without_number(const std::string& line) {
  const std::size_t colon = line.find(':');
  return line.substr(std::min(line.find_first_not_of(' ', colon + 1), line.size()));
}

/// One reading of /proc/locks: those who wait, a line each.
struct reading {
  std::vector<std::string> lines;
  int parts = 0;
};

/// A lock and those who wait for it are lines with one number. One such group is there once only.
std::vector<std::string> blocked_in(const std::string& text) {
  std::vector<std::string> blocked;
  std::set<std::vector<std::string>> groups;
  std::vector<std::string> group;
  const auto close_group = [&] {
    if (group.size() > 1 && groups.insert(group).second)
      blocked.insert(blocked.end(), group.begin() + 1, group.end());
    group.clear();
  };
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line); group.push_back(line)) {
    line = without_number(line);
    if (!line.starts_with("->")) close_group();
  }
  close_group();
  return blocked;
}

/// The kernel gives a page of lines at a time, and each part is true of one moment. What is locked or
/// unlocked between two parts shifts the rest, so that a group at the seam comes twice, or not at all.
/// `first` is the size of the first part: it says where the seams are.
reading read_blocked(std::size_t first) {
  int parts = 0;
  const base::unique_fd file = base::open_file("/proc/locks", O_RDONLY);
  std::string text;
  std::array<char, 65536> part;
  std::size_t size = first;
  for (ssize_t n; (n = ::read(file.get(), part.data(), size)) > 0; size = part.size()) {
    text.append(part.data(), static_cast<std::size_t>(n));
    ++parts;
  }
  return {blocked_in(text), parts};
}

/// What two of three readings agree on, each line as often as it is there (a process waits as often as it
/// has threads that do). Their seams are far from each other.
std::vector<std::string> blocked_lines() {
  std::array<reading, 3> all{read_blocked(65536)};
  if (all[0].parts <= 1) return all[0].lines;
  all[1] = read_blocked(1400);
  all[2] = read_blocked(2800);
  std::map<std::string, std::array<int, 3>> counts;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const std::string& line : all[i].lines) ++counts[line][i];
  for (auto& [line, count] : counts) std::sort(count.begin(), count.end());
  std::vector<std::string> agreed;
  for (const reading& each : all)
    for (const std::string& line : each.lines)
      if (auto& count = counts[line]; count[1]-- > 0) agreed.push_back(line);
  return agreed;
}

// "FLOCK  ADVISORY  WRITE 6039 fe:00:10952986 0 EOF", with "->" in front if it waits
std::optional<kernel_lock> parse(const std::string& line) {
  std::istringstream words(line);
  kernel_lock out;
  std::string kind, advisory, mode, first, last;
  words >> kind;
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

}  // namespace

std::optional<kernel_lock> parse_lock_line(const std::string& line) {
  return parse(without_number(line));
}

std::vector<kernel_lock> blocked_locks() {
  std::vector<kernel_lock> all;
  for (const std::string& line : blocked_lines())
    if (auto found = parse(line)) all.push_back(*found);
  return all;
}

}  // namespace inturn::cli
