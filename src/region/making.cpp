#include "region/making.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/identity.hpp"
#include "base/sys.hpp"
#include "region/anchor.hpp"

namespace inturn::region {

using base::fail;
using base::sys;
using base::unique_fd;
namespace fs = std::filesystem;

unique_fd make_nameless(const fs::path& path, const making& how, std::string& temporary_name) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const auto permissions = static_cast<mode_t>(how.mode & fs::perms::all);
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
  if (!fd) fail(errno, path.string(), "cannot make the " + how.what);
  try {
    refuse_network(fd.get(), path.string());
    how.fill(fd.get(), path.string());
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
  fail(error, path.string(), "cannot give it its name");
}

unique_fd open_or_make(const fs::path& path, const making& how) {
  std::error_code ignored;
  // It gets its name when it is ready. If another process is first, its file is the file; if somebody
  // removes it between two of our steps, we try again, but not for ever.
  for (int tries = 0; tries < 100; ++tries) {
    unique_fd fd = base::open_file(path.c_str(), O_RDWR | O_NONBLOCK);
    if (fd) return fd;
    if (errno == EISDIR) fail(EISDIR, path.string(), "not a " + how.what + ": a directory");
    if (errno != ENOENT) fail(errno, path.string(), "cannot open the " + how.what);
    if (fs::is_symlink(fs::symlink_status(path, ignored)))
      fail(ENOENT, path.string(), "a symbolic link to nothing (name the " + how.what + " itself)");
    std::string temporary_name;
    fd = make_nameless(path, how, temporary_name);
    // Ours or another's, it is opened by that name: a descriptor made without one has another in /proc,
    // by which an adopter could not find the file again.
    give_name(fd, temporary_name, path);
  }
  fail(EAGAIN, path.string(), "cannot open the " + how.what + ": it appears and disappears");
}

unique_fd make_memfd(const making& how, const std::string& name) {
  unique_fd fd =
      base::above_standard(unique_fd(sys.memfd_create("inturn", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
  if (!fd) fail(errno, name, "cannot make the " + how.what);
  if (::fchmod(fd.get(), static_cast<mode_t>(how.mode & fs::perms::all)) != 0)
    fail(errno, name, "cannot set the permissions of the " + how.what);
  how.fill(fd.get(), name);
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    fail(errno, name, "cannot seal the " + how.what);
  return fd;
}

received receive(int given) {
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
  return {std::move(fd), std::move(name)};
}

}  // namespace inturn::region
