#include "cli/processes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <sstream>

#include "base/fd.hpp"
#include "base/identity.hpp"

namespace inturn::cli {
namespace {

/// The numbers among a directory's names, sorted. False with errno if it cannot be read.
bool numbers_in(const std::string& path, std::vector<int>& out) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path.c_str()), ::closedir);
  if (!dir) return false;
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) out.push_back(number);
  }
  std::sort(out.begin(), out.end());
  return errno == 0;
}

bool has_ended(int error) { return error == ENOENT || error == ESRCH; }

/// Empty with errno: ESRCH if the process ends just now.
std::optional<std::string> contents(const std::string& path) {
  const base::unique_fd file = base::open_file(path.c_str(), O_RDONLY);
  if (!file) return {};
  std::string text;
  char part[4096];
  ssize_t n;
  while ((n = ::read(file.get(), part, sizeof part)) > 0)
    text.append(part, static_cast<std::size_t>(n));
  if (n < 0) return {};
  return text;
}

/// The file behind a descriptor. Never asks a server: a dead network file system must not hang a
/// listing.
std::optional<file_id> file_behind(const std::string& descriptor_path) {
  struct statx seen {};
  if (::statx(AT_FDCWD, descriptor_path.c_str(), AT_STATX_DONT_SYNC, STATX_INO, &seen) != 0)
    return {};
  return file_id{::makedev(seen.stx_dev_major, seen.stx_dev_minor), seen.stx_ino};
}

bool read_locks(descriptor& at) {
  const auto text = contents(fmt::format("/proc/{}/fdinfo/{}", at.pid, at.fd));
  if (!text) return has_ended(errno);
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("lock:", 0) != 0) continue;
    if (auto found = parse_lock_line(line.substr(5))) at.locks.push_back(*found);
  }
  return true;
}

/// False if the process is there and could not be looked at.
bool look_at_process(int pid, const std::set<file_id>& files, std::vector<descriptor>& out) {
  const std::string folder = fmt::format("/proc/{}/fd", pid);
  std::vector<int> fds;
  if (!numbers_in(folder, fds)) return has_ended(errno);
  bool complete = true;
  for (int fd : fds) {
    const auto file = file_behind(fmt::format("{}/{}", folder, fd));
    if (!file) complete &= has_ended(errno);
    if (!file || !files.contains(*file)) continue;
    descriptor found{pid, fd, *file, {}};
    complete &= read_locks(found);
    out.push_back(std::move(found));
  }
  return complete;
}

}  // namespace

processes find_descriptors(const std::set<file_id>& files) {
  processes out;
  std::vector<int> pids;
  out.complete = numbers_in("/proc", pids);
  // Mounted with hidepid, /proc does not even name the processes of others: everybody sees 1
  // otherwise.
  out.complete &= !pids.empty() && pids.front() == 1;
  for (int pid : pids) out.complete &= look_at_process(pid, files, out.descriptors);
  return out;
}

void look_again(descriptor& at) {
  at.locks.clear();
  if (file_behind(fmt::format("/proc/{}/fd/{}", at.pid, at.fd)) == at.file) read_locks(at);
}

std::optional<bool> same_description(const descriptor& a, const descriptor& b) {
  const long order = ::syscall(SYS_kcmp, a.pid, b.pid, KCMP_FILE, a.fd, b.fd);
  if (order < 0) return {};
  return order == 0;
}

bool waits_for_ofd_lock(const descriptor& at) {
  const std::string folder = fmt::format("/proc/{}/task", at.pid);
  std::vector<int> threads;
  numbers_in(folder, threads);
  return std::any_of(threads.begin(), threads.end(), [&](int thread) {
    std::istringstream words(contents(fmt::format("{}/{}/syscall", folder, thread)).value_or(""));
    long call = -1;
    unsigned long fd = 0, command = 0;
    words >> std::dec >> call >> std::hex >> fd >> command;
    return words && call == SYS_fcntl && static_cast<int>(fd) == at.fd && command == F_OFD_SETLKW;
  });
}

std::optional<std::string> command_line(pid_t pid) {
  const auto line = contents(fmt::format("/proc/{}/cmdline", pid));
  if (!line) return {};
  std::string text = *line;
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ' ');
  if (!text.empty()) return text;
  auto name = contents(fmt::format("/proc/{}/comm", pid));
  if (!name || name->empty()) return {};
  name->pop_back();  // the newline
  return "[" + *name + "]";
}

std::optional<pid_t> our_name_of(pid_t pid, std::uint32_t pid_namespace) {
  if (pid_namespace == base::my_pid_namespace()) return pid;
  std::vector<int> pids;
  numbers_in("/proc", pids);
  for (int each : pids) {
    const auto space = file_behind(fmt::format("/proc/{}/ns/pid", each));
    if (!space || space->inode != pid_namespace) continue;
    const std::string text = contents(fmt::format("/proc/{}/status", each)).value_or("");
    const std::size_t at = text.find("\nNSpid:");
    if (at == std::string::npos) continue;
    const std::string names =
        text.substr(at + 1, text.find('\n', at + 1) - at - 1);  // its own is the last
    if (std::strtol(names.c_str() + names.find_last_of(" \t") + 1, nullptr, 10) == pid) return each;
  }
  return {};
}

}  // namespace inturn::cli
