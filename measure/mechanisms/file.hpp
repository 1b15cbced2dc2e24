#pragma once

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "measure/site.hpp"

// What mechanisms have in common that lock a file.

namespace inturn::measure {

inline void must(bool so, const char* what) {
  if (!so) throw std::system_error(errno, std::generic_category(), what);
}

inline base::unique_fd open_lock_file(const std::string& path, int flags) {
  base::unique_fd fd = base::open_file(path.c_str(), flags, 0600);
  if (!fd) base::fail(errno, path, "cannot open the lock file");
  return fd;
}

/// An empty file that each end opens for itself.
class file_place {
 public:
  explicit file_place(const site& where) : path_(where.fresh("lock")) {
    open_lock_file(path_, O_RDWR | O_CREAT | O_EXCL);
  }
  std::string file() const { return path_; }

 private:
  std::string path_;
};

class file_end {
 public:
  explicit file_end(const file_place& place) : fd_(open_lock_file(place.file(), O_RDWR)) {}
  int descriptor() const { return fd_.get(); }

 private:
  base::unique_fd fd_;
};

/// An empty file that is opened once, before anybody forks: all ends share one open file description, as
/// those do who pass a descriptor over a socket.
class opened_place : public file_place {
 public:
  explicit opened_place(const site& where)
      : file_place(where), fd_(open_lock_file(file(), O_RDWR)) {}
  int fd() const { return fd_.get(); }

 private:
  base::unique_fd fd_;
};

class inherited_end {
 public:
  explicit inherited_end(const opened_place& place) : fd_(place.fd()) {}
  int descriptor() const { return fd_; }

 private:
  int fd_;
};

}  // namespace inturn::measure
