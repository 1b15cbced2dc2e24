#include <sys/resource.h>
#include <sys/stat.h>

#include "preload/side.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

bool is_it(const side_region& side, int fd) {
  struct stat file {};
  return fd >= 0 && sys::look_at(fd, file) == 0 && file.st_dev == side.device &&
         file.st_ino == side.inode;
}

bool is_free(int fd, std::uint32_t lane) {
  struct flock claim {};
  claim.l_type = F_WRLCK;
  claim.l_whence = SEEK_SET;
  claim.l_start = static_cast<off_t>(region::claim_byte(lane));
  claim.l_len = 1;
  return sys::control(fd, F_OFD_GETLK, &claim) == 0 && claim.l_type == F_UNLCK;
}

}  // namespace

int describe_anew(const side_region& side) {
  int fd = -ENOENT;
  if (is_it(side, side.fd)) {
    text<64> self;
    self.add("/proc/thread-self/fd/").add(static_cast<std::uint64_t>(side.fd));
    fd = sys::open(self.c_str(), O_RDWR);
  }
  if (fd < 0 && side.path.size() != 0) fd = sys::open(side.path.c_str(), O_RDWR | O_NONBLOCK);
  if (fd >= 0 && !is_it(side, fd)) {
    sys::close(fd);
    return -EBADF;
  }
  return fd;
}

bool is_certainly_dead(const side_region& side, std::uint32_t lane) {
  // The program may close our descriptor behind our back, and another file get its number, whose answer
  // would make the living look dead. So: is it ours before, and still after?
  if (is_it(side, side.fd)) {
    const bool dead = is_free(side.fd, lane);
    if (is_it(side, side.fd)) return dead;
  }
  const int fd = describe_anew(side);
  if (fd < 0) return false;
  const bool dead = is_free(fd, lane);
  sys::close(fd);
  return dead;
}

int move_up(int fd) {
  constexpr long beyond_programs = 512;
  constexpr rlim_t least = 64;
  int moved = sys::control(fd, F_DUPFD_CLOEXEC, beyond_programs);
  if (moved == -EINVAL) {  // the limit is lower than that: near to it, then
    rlimit limit{};
    if (sys::call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) == 0 && limit.rlim_cur >= least)
      moved = sys::control(fd, F_DUPFD_CLOEXEC, static_cast<long>(limit.rlim_cur / 4 * 3));
  }
  sys::close(fd);
  return moved < 0 ? -1 : moved;
}

}  // namespace inturn::preload
