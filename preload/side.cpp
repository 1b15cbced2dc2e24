#include "preload/side.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#include "kernel/side_rules.hpp"
#include "preload/log.hpp"
#include "preload/side_make.hpp"
#include "preload/system.hpp"
#include "region/fresh.hpp"

namespace inturn::preload {
namespace {

/// A program that has been given little address space needs it for itself.
bool is_short_of_addresses() {
  constexpr rlim_t plenty = rlim_t{4} << 30;
  rlimit limit{};
  return sys::call(SYS_prlimit64, 0, RLIMIT_AS, nullptr, &limit) == 0 && limit.rlim_cur < plenty;
}

bool is_on_network(int fd) {
  struct statfs where {};
  return sys::call(SYS_fstatfs, fd, &where) == 0 &&
         region::is_network_type(static_cast<std::uint32_t>(where.f_type));
}

/// Maps what is behind fd if it is a region of ours. 0 or what is wrong, as region::mapped says it.
int map_region(int fd, side_region& out) {
  struct stat file {};
  if (const int error = -sys::look_at(fd, file); error != 0) return error;
  if (is_on_network(fd)) return EREMOTE;
  if (!S_ISREG(file.st_mode) || static_cast<std::size_t>(file.st_size) != region::region_size)
    return EILSEQ;
  void* const at = ::mmap(nullptr, region::region_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) return errno;
  auto* const mapped = static_cast<region::layout*>(at);
  const bool ours = region::is_region(mapped->header);
  if (!ours || !region::is_of_this_version(mapped->header)) {
    ::munmap(at, region::region_size);
    return ours ? EPROTO : EILSEQ;
  }
  out.at = mapped;
  out.device = file.st_dev;
  out.inode = file.st_ino;
  return 0;
}

enum class found : std::uint8_t { it, nothing, something_else, failed };

/// Opens what has that name, if it can be trusted.
found open_trusted(int lock_file_fd, const side_path& path, const struct stat& lock_file,
                   bool for_all, side_region& out) {
  const int fd = sys::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (fd == -ENOENT) return found::nothing;
  if (fd == -ELOOP || fd == -EISDIR || fd == -ENXIO || fd == -EACCES || fd == -EPERM)
    return found::something_else;
  if (fd < 0) {
    say(lock_file_fd, "out of turn: the queue's file cannot be opened", -fd);
    return found::failed;
  }
  struct stat file {};
  if (sys::look_at(fd, file) != 0 || !kernel::is_trusted(file.st_uid, lock_file, sys::user())) {
    sys::close(fd);
    return found::something_else;
  }
  if (for_all) kernel_side::follow_permissions(fd, file, lock_file);
  if (const int error = map_region(fd, out); error != 0) {
    sys::close(fd);
    say(lock_file_fd, "out of turn: the queue's file is of no use", error);
    return found::failed;
  }
  out.fd = move_up(fd);
  if (!path.is_cut() && path.size() < 255) out.path.add(path.c_str());
  return found::it;
}

found open_or_make(int lock_file_fd, const side_path& path, const struct stat& lock_file,
                   making how, bool for_all, side_region& out) {
  // If somebody makes it, or removes it, between two of our steps, we look again, but not for ever.
  for (int tries = 0; tries < 100; ++tries) {
    const found what = open_trusted(lock_file_fd, path, lock_file, for_all, out);
    if (what != found::nothing || how == making::no) return what;
    if (for_all && !kernel::may_make_common(lock_file, sys::user())) return found::something_else;
    if (const int error = kernel_side::make(path, lock_file_fd, lock_file, for_all); error != 0) {
      say(lock_file_fd, "out of turn: the queue's file cannot be made", error);
      return found::failed;
    }
  }
  return found::failed;
}

}  // namespace

bool open_side(int lock_file_fd, const struct stat& lock_file, making how, side_region& out) {
  if (is_short_of_addresses()) {
    say(lock_file_fd, "out of turn: the program's address space is limited to less than 4 GiB");
    return false;
  }
  side_path directory;
  if (!kernel_side::find_directory(lock_file_fd, how, directory)) return false;
  char name[kernel::side_name_size];
  side_path common = directory, own = directory;
  kernel::write_common_name(name, lock_file);
  common.add("/").add(name);
  const found what = open_or_make(lock_file_fd, common, lock_file, how, true, out);
  if (what == found::it && is_on_network(lock_file_fd))
    say(lock_file_fd, "on a network file system: in turn among this machine's processes only");
  if (what == found::it) return true;
  if (what == found::failed) return false;
  if (what == found::something_else)
    say(lock_file_fd,
        "in turn among this user's processes only: the common queue is not open to it");
  kernel::write_private_name(name, lock_file, sys::user());
  own.add("/").add(name);
  const found mine = open_or_make(lock_file_fd, own, lock_file, how, false, out);
  if (mine == found::something_else)
    say(lock_file_fd, "out of turn: another user's file has the queue's name");
  return mine == found::it;
}

void close_side(side_region& side) {
  ::munmap(side.at, region::region_size);
  struct stat file {};
  // The program may have closed it, and opened another file in its place: not ours to close.
  if (side.fd >= 0 && sys::look_at(side.fd, file) == 0 && file.st_dev == side.device &&
      file.st_ino == side.inode)
    sys::close(side.fd);
  side = {};
}

}  // namespace inturn::preload
