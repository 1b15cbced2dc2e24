#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/identity.hpp"
#include "base/sys.hpp"
#include "region/fresh.hpp"
#include "region/region.hpp"

namespace inturn::region {

using base::fail;
using base::sys;
using base::unique_fd;
namespace fs = std::filesystem;

bool is_network(int fd) {
  struct statfs where {};
  return sys.fstatfs(fd, &where) == 0 && is_network_type(static_cast<std::uint32_t>(where.f_type));
}

void refuse_network(int fd, const std::string& name) {
  if (is_network(fd))
    fail(
        EREMOTE, name,
        "on a network file system, where machines share no memory (put the region on a local one)");
}

void write_fresh(int fd, const std::string& name, const std::string& stands_for) {
  if (sys.ftruncate(fd, static_cast<off_t>(region_size)) != 0)
    fail(errno, name, "cannot set the size of a new region");
  const auto fresh = std::make_unique<header>();
  fill_fresh(*fresh, stands_for.c_str());
  const ssize_t written = sys.pwrite(fd, fresh.get(), sizeof(header), 0);
  if (written != static_cast<ssize_t>(sizeof(header)))
    fail(written < 0 ? errno : ENOSPC, name, "cannot write a new region");
}

unique_fd make_nameless(const fs::path& path, fs::perms mode, const std::string& stands_for,
                        std::string& temporary_name) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const auto permissions = static_cast<mode_t>(mode & fs::perms::all);
  unique_fd fd;
  // A nameless file gets its name through /proc.
  const bool has_proc = ::access("/proc/self/fd", X_OK) == 0;
  if (has_proc) fd = base::open_file(directory.c_str(), O_TMPFILE | O_RDWR, permissions);
  if (!fd && (!has_proc || errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
    // No nameless files here (or no such directory, which this open will tell): a name nobody else uses.
    temporary_name = path.string() + ".new-" + std::to_string(base::process_identity()) + "-" +
                     std::to_string(base::monotonic_ns());
    fd = base::open_file(temporary_name.c_str(), O_RDWR | O_CREAT | O_EXCL, permissions);
  }
  if (!fd) fail(errno, path.string(), "cannot make the region");
  try {
    refuse_network(fd.get(), path.string());
    write_fresh(fd.get(), path.string(), stands_for);
  } catch (...) {
    if (!temporary_name.empty()) ::unlink(temporary_name.c_str());
    throw;
  }
  return fd;
}

bool give_name(const unique_fd& fd, const std::string& temporary_name, const fs::path& path) {
  const std::string self = base::proc_path(fd.get());
  const std::string& from = temporary_name.empty() ? self : temporary_name;
  const int linked = sys.linkat(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
  const int error = errno;
  if (!temporary_name.empty()) ::unlink(temporary_name.c_str());
  if (linked == 0) return true;
  if (error == EEXIST) return false;
  fail(error, path.string(), "cannot give the new region its name");
}

mapped mapped::open_existing(const fs::path& path, bool read_only) {
  // A FIFO of that name must not block us.
  unique_fd fd = base::open_file(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK);
  if (!fd) fail(errno, path.string(), "cannot open the region");
  return mapped(std::move(fd), path.string(), read_only);
}

mapped mapped::open_or_make(const fs::path& given, fs::perms mode, const std::string& stands_for) {
  // Absolute, so that it can be opened again after a chdir.
  const fs::path path = fs::absolute(given);
  std::error_code ignored;
  // A region gets its name when it is ready. If another process is first, its region is the region; if
  // somebody removes it between two of our steps, we try again, but not for ever.
  for (int tries = 0; tries < 100; ++tries) {
    unique_fd fd = base::open_file(path.c_str(), O_RDWR | O_NONBLOCK);
    if (fd) return mapped(std::move(fd), path.string(), false);
    if (errno == EISDIR) fail(EISDIR, path.string(), "not a region: a directory");
    if (errno != ENOENT) fail(errno, path.string(), "cannot open the region");
    if (fs::is_symlink(fs::symlink_status(path, ignored)))
      fail(ENOENT, path.string(), "a symbolic link to nothing (name the region itself)");
    std::string temporary_name;
    fd = make_nameless(path, mode, stands_for, temporary_name);
    // Ours or another's, it is opened by that name: a descriptor made without one has another in /proc,
    // by which an adopter could not find the region again.
    give_name(fd, temporary_name, path);
  }
  fail(EAGAIN, path.string(), "cannot open the region: it appears and disappears");
}

mapped mapped::make_memfd(fs::perms mode) {
  const std::string name = "memfd:inturn";
  unique_fd fd =
      base::above_standard(unique_fd(sys.memfd_create("inturn", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
  if (!fd) fail(errno, name, "cannot make the region");
  if (::fchmod(fd.get(), static_cast<mode_t>(mode & fs::perms::all)) != 0)
    fail(errno, name, "cannot set the permissions of the region");
  write_fresh(fd.get(), name, {});
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    fail(errno, name, "cannot seal the region");
  return mapped(std::move(fd), name, false);
}

mapped mapped::adopt(int given) {
  std::string name = "descriptor " + std::to_string(given);
  struct stat file {};
  if (sys.fstat(given, &file) != 0) fail(errno, name, "cannot adopt it");
  unique_fd fd = base::reopen(given, O_RDWR | O_NONBLOCK);
  if (!fd) fail(errno, name, "cannot open it afresh through /proc");
  std::error_code ignored;
  const fs::path target = fs::read_symlink(base::proc_path(given), ignored);
  if (!target.empty()) name = target.string();
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (file.st_nlink == 0 && S_ISREG(file.st_mode) && (seals < 0 || (seals & F_SEAL_SHRINK) == 0))
    fail(EPERM, name,
         "without a name and not sealed against shrinking: its memory could vanish under us");
  return mapped(std::move(fd), name, false);
}

}  // namespace inturn::region
