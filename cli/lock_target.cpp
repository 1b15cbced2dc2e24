#include "cli/lock_target.hpp"

#include <fcntl.h>

#include <cerrno>

#include "cli/failure.hpp"

namespace inturn::cli {
namespace {

int status_of(int error) {
  switch (error) {
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return status::system;
    case EROFS:
    case ENOSPC:
      return status::cannot_create;
    default:
      return status::cannot_open;
  }
}

const char* remedy_of(int error, bool writable) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "make its directory first";
    case EACCES:
    case EPERM:
      return writable
                 ? "a lock on exclusive bytes must be able to write to it: ask for that "
                   "permission, "
                   "or use --shared"
                 : "ask for permission to read it, or to write to its directory if it is not there";
    case EISDIR:
      return "bytes can be locked in files only: leave out --start and --length, or name a file";
    case EROFS:
      return "name a file that is there already, or one on a file system that can be written to";
    case ENOSPC:
    case EDQUOT:
      return "make room, or name a file that is there already";
    case EMFILE:
    case ENFILE:
      return "close some, or raise the limit (ulimit -n)";
    default:
      return "name another file";
  }
}

}  // namespace

base::unique_fd open_or_make(const std::string& path, int access) {
  // Without O_CREAT first: with it, a directory is refused, and so is another user's file in a
  // directory like /tmp (fs.protected_regular).
  base::unique_fd fd = base::open_file(path.c_str(), access);
  if (!fd && errno == ENOENT) fd = base::open_file(path.c_str(), access | O_CREAT, 0666);
  return fd;
}

base::unique_fd open_lock(const std::string& path, bool writable) {
  base::unique_fd fd = open_or_make(path, writable ? O_RDWR : O_RDONLY);
  if (fd) return fd;
  const int error = errno;
  throw failure(status_of(error),
                explain(path, "cannot open the lock file", error, remedy_of(error, writable)));
}

}  // namespace inturn::cli
