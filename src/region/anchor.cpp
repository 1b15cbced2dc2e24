#include "region/anchor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"
#include "region/fresh.hpp"

namespace inturn::region {

using base::fail;
using base::sys;
using base::unique_fd;

bool is_network(int fd) {
  struct statfs where {};
  return sys.fstatfs(fd, &where) == 0 && is_network_type(static_cast<std::uint32_t>(where.f_type));
}

void refuse_network(int fd, const std::string& name) {
  if (is_network(fd))
    fail(EREMOTE, name,
         "on a network file system, where machines share no memory (put it on a local one)");
}

anchor::anchor(unique_fd fd, std::string name, const std::string& what)
    : fd_(std::move(fd)), name_(std::move(name)), what_(what) {
  struct stat file {};
  if (sys.fstat(fd_.get(), &file) != 0) fail(errno, name_, "cannot look at the " + what);
  device_ = file.st_dev;
  inode_ = file.st_ino;
  size_ = static_cast<std::uint64_t>(file.st_size);
  if (!S_ISREG(file.st_mode)) fail(EILSEQ, name_, "not a " + what + ": not a regular file");
  refuse_network(fd_.get(), name_);
}

anchor& anchor::operator=(anchor&& other) noexcept {
  fd_.swap(other.fd_);
  name_.swap(other.name_);
  what_.swap(other.what_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  std::swap(size_, other.size_);
  return *this;
}

anchor::~anchor() {
  // The program may have closed our descriptor and opened another file in its place: not ours to close.
  if (fd_ && !is_this_file(fd_.get())) fd_.release();
}

bool anchor::is_this_file(int fd) const noexcept {
  struct stat file {};
  return sys.fstat(fd, &file) == 0 && file.st_dev == device_ && file.st_ino == inode_;
}

unique_fd anchor::describe_anew() const {
  if (is_this_file(fd_.get())) {
    unique_fd fresh = base::reopen(fd_.get(), O_RDWR);
    if (fresh && is_this_file(fresh.get())) return fresh;
    if (!fresh && errno != ENOENT && errno != ENOTDIR)
      fail(errno, name_, "cannot open the " + what_ + " afresh");
  }
  // Whatever has that name now is opened without blocking, and used only if it is our file.
  unique_fd by_name = base::open_file(name_.c_str(), O_RDWR | O_NONBLOCK);
  if (!by_name && (errno == EMFILE || errno == ENFILE))
    fail(errno, name_, "cannot open the " + what_ + " afresh");
  if (!by_name || !is_this_file(by_name.get()))
    fail(EBADF, name_,
         "the program has closed the " + what_ +
             "'s descriptor, and it cannot be opened again by name");
  return by_name;
}

bool anchor::certainly_dead(std::uint64_t byte) const {
  const auto ask = [&](int fd) {
    struct flock claim {};
    claim.l_type = F_WRLCK;
    claim.l_whence = SEEK_SET;
    claim.l_start = static_cast<off_t>(byte);
    claim.l_len = 1;
    return sys.record_lock(fd, F_OFD_GETLK, &claim) == 0 && claim.l_type == F_UNLCK;
  };
  // The program may have closed our descriptor behind our back, and another file may have its number,
  // whose answer would make the living look dead. So: is it ours before, and still after?
  if (is_this_file(fd_.get())) {
    const bool dead = ask(fd_.get());
    if (is_this_file(fd_.get())) return dead;
  }
  return ask(describe_anew().get());
}

}  // namespace inturn::region
