#include "cli/in_turn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <system_error>

#include "base/clock.hpp"
#include "cli/failure.hpp"
#include "kernel/side.hpp"

namespace inturn::cli {
namespace {

namespace fs = std::filesystem;

bool is_region(const std::string& path) {
  const base::unique_fd fd = base::open_file(path.c_str(), O_RDONLY | O_NONBLOCK);
  std::uint64_t start = 0;
  return fd && ::pread(fd.get(), &start, sizeof start, 0) == sizeof start && start == region::magic;
}

/// Only looks at the file, whatever it is: no permission is needed, and no device or FIFO is
/// touched.
base::unique_fd look_at(const std::string& path, struct stat& out) {
  base::unique_fd fd = base::open_file(path.c_str(), O_PATH);
  if (fd && ::fstat(fd.get(), &out) != 0) fd.reset();
  return fd;
}

void add_sides(target& out, int fd) {
  for (const kernel::side_place& side : kernel::existing_sides(fd)) {
    out.regions.push_back(side.path);
    out.only_this_user |= side.only_this_user;
  }
}

/// As the kernel tells it: flock knows no bytes, and a record lock's end is that of all offsets.
inturn::range people_range(const lock::listed& request) {
  constexpr std::uint64_t beyond_all_offsets = std::uint64_t{1} << 63;
  inturn::range range = request.range;
  if (request.kind == lock::kind::native) return range;
  if (request.kind == lock::kind::flock) return {};
  if (range.start + range.length == beyond_all_offsets) range.length = 0;
  return range;
}

/// The file that a side region's name stands for: DEVICE-INODE, then maybe .UID.
std::optional<file_id> file_of_side(const std::string& name) {
  unsigned long device = 0, inode = 0;
  int used = 0;
  if (std::sscanf(name.c_str(), "%lx-%lu%n", &device, &inode, &used) != 2) return {};
  const auto rest = static_cast<std::size_t>(used);
  if (rest != name.size() && name[rest] != '.') return {};
  return file_id{device, inode};
}

/// The lock file's name, as whoever made the side region gave it; else the side region's.
std::string stands_for(const fs::path& side) {
  try {
    const auto region = region::mapped::open_existing(side, true);
    const char* const name = region.head().stands_for;
    std::string text(name, ::strnlen(name, sizeof region.head().stands_for));
    if (!text.empty()) return text;
  } catch (const std::system_error&) {
  }
  return side.string();
}

}  // namespace

target find_target(const std::string& path) {
  struct stat seen {};
  const base::unique_fd fd = look_at(path, seen);
  if (!fd)
    throw failure(status::cannot_open,
                  explain(path, "cannot look at it", errno, "name a lock file or a region"));
  target out{path, {seen.st_dev, seen.st_ino}, S_ISREG(seen.st_mode) && is_region(path), {}, false};
  if (out.is_region) {
    region::mapped::open_existing(path, true);  // throws, with its reason, if it is of no use
    out.regions.emplace_back(path);
  }
  add_sides(out, fd.get());
  return out;
}

std::vector<target> all_targets() {
  std::map<file_id, target> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kernel::runtime_directory(), ignored)) {
    const auto file = file_of_side(entry.path().filename().string());
    if (!file || found.contains(*file)) continue;
    const std::string path = stands_for(entry.path());
    struct stat seen {};
    const base::unique_fd fd = look_at(path, seen);
    target out{path, *file, false, {}, false};
    if (fd && file_id{seen.st_dev, seen.st_ino} == *file)
      add_sides(out, fd.get());
    else  // removed, or renamed: only those who have it open know it
      out.regions.push_back(entry.path());
    found.emplace(*file, std::move(out));
  }
  std::vector<target> all;
  for (auto& [file, each] : found) all.push_back(std::move(each));
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.path < b.path; });
  return all;
}

requests list_requests(const target& which) {
  requests out;
  for (const fs::path& path : which.regions) {
    try {
      const auto region = region::mapped::open_existing(path, true);
      const auto here = lock::list_requests(region);
      out.list.insert(out.list.end(), here.begin(), here.end());
    } catch (const std::system_error&) {
      out.complete = false;
    }
  }
  std::stable_sort(out.list.begin(), out.list.end(),
                   [](auto& a, auto& b) { return a.ticket < b.ticket; });
  return out;
}

party to_party(const lock::listed& request) {
  party out;
  out.pid = our_name_of(static_cast<pid_t>(request.pid), request.pid_namespace);
  if (out.pid) out.command = command_line(*out.pid);
  out.kind = request.kind;
  out.mode = request.mode;
  out.range = people_range(request);
  out.ticket = request.ticket;
  const std::uint64_t now = base::monotonic_ns();
  out.seconds = now > request.since_ns ? static_cast<double>(now - request.since_ns) / 1e9 : 0;
  return out;
}

}  // namespace inturn::cli
