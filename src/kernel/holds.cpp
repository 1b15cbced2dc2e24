#include "kernel/holds.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/sys.hpp"

namespace inturn::kernel {
namespace {

namespace fs = std::filesystem;
/// The calling thread's: /proc/self is empty once the main thread has ended.
constexpr const char* all_descriptors = "/proc/thread-self/fdinfo/";
constexpr const char* all_names = "/proc/thread-self/fd/";

/// Empty when it cannot be read, for instance because the descriptor has just been closed.
std::string read_all(const std::string& path) {
  std::string text;
  const base::unique_fd in = base::open_file(path.c_str(), O_RDONLY);
  char part[1024];
  for (ssize_t n; in && (n = ::read(in.get(), part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(n));
  return text;
}

/// A line is "lock:\t1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF". (Leases are listed, too.)
bool lists_a_lock(std::string_view info, bool only_posix) {
  constexpr std::string_view mark = "lock:\t";
  for (auto at = info.find(mark); at != info.npos; at = info.find(mark, at + 1)) {
    const std::string_view line = info.substr(at, info.find('\n', at) - at);
    if (line.find(" POSIX ") != line.npos) return true;
    if (!only_posix && (line.find(" FLOCK ") != line.npos || line.find(" OFDLCK ") != line.npos))
      return true;
  }
  return false;
}

/// Whether a descriptor that lists a lock is one that counts.
template <class Counts>
answer any_lists_a_lock(bool only_posix, Counts&& counts) {
  std::error_code failed;
  fs::directory_iterator entry(all_descriptors, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    const std::string name = entry->path().filename();
    if (lists_a_lock(read_all(entry->path()), only_posix) && counts(name)) return answer::yes;
  }
  return failed ? answer::unknown : answer::no;
}

}  // namespace

answer description_holds(int fd) {
  const std::string info = read_all(all_descriptors + std::to_string(fd));
  if (!info.empty()) return lists_a_lock(info, false) ? answer::yes : answer::no;
  return ::fcntl(fd, F_GETFD) < 0 ? answer::no : answer::unknown;
}

answer process_holds_posix(int fd) {
  struct stat wanted {};
  if (base::sys.fstat(fd, &wanted) != 0) return answer::unknown;
  return any_lists_a_lock(true, [&](const std::string& other) {
    // Not by the device numbers in fdinfo, which are not stat's on btrfs and overlayfs. And not by
    // fstat: it is another thread's descriptor, perhaps, which may close it at any time.
    struct stat file {};
    return ::stat((all_names + other).c_str(), &file) == 0 && file.st_dev == wanted.st_dev &&
           file.st_ino == wanted.st_ino;
  });
}

answer process_holds_any() {
  return any_lists_a_lock(false, [](const std::string&) { return true; });
}

bool is_refused_anyway(int fd, short type) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0) return true;
  const int access = flags & O_ACCMODE;
  return (type == F_WRLCK && access == O_RDONLY) || (type == F_RDLCK && access == O_WRONLY);
}

}  // namespace inturn::kernel
