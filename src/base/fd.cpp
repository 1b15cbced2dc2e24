#include "base/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/sys.hpp"

namespace inturn::base {

unique_fd::~unique_fd() {
  if (fd_ < 0) return;
  const int saved = errno;
  ::close(fd_);
  errno = saved;
}

unique_fd above_standard(unique_fd fd) {
  if (!fd || fd.get() > 2) return fd;
  return unique_fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

unique_fd open_file(const char* path, int flags, mode_t mode) {
  int fd;
  do {
    fd = sys.openat(AT_FDCWD, path, flags | O_CLOEXEC | O_NOCTTY, mode);
  } while (fd < 0 && errno == EINTR);
  return above_standard(unique_fd(fd));
}

std::string proc_path(int fd) { return "/proc/thread-self/fd/" + std::to_string(fd); }

unique_fd reopen(int fd, int flags) { return open_file(proc_path(fd).c_str(), flags); }

}  // namespace inturn::base
