#include "support/region_watch.hpp"

#include <algorithm>

namespace inturn::test {
namespace {

bool has(const std::vector<lock::listed>& all, pid_t pid, bool held) {
  return std::any_of(all.begin(), all.end(), [&](const lock::listed& r) {
    return r.holds == held && r.pid == static_cast<std::uint32_t>(pid);
  });
}

std::size_t count(const std::vector<lock::listed>& all, bool held) {
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const lock::listed& r) { return r.holds == held; }));
}

}  // namespace

region_watch::region_watch(const std::filesystem::path& region)
    : region_(region::mapped::open_existing(region, true)) {}
region_watch::region_watch(int fd) : region_(region::mapped::adopt(fd)) {}

std::size_t region_watch::waiting() const { return count(requests(), false); }
std::size_t region_watch::holding() const { return count(requests(), true); }
bool region_watch::waits(pid_t pid) const { return has(requests(), pid, false); }
bool region_watch::holds(pid_t pid) const { return has(requests(), pid, true); }

}  // namespace inturn::test
