#include "preload/side_make.hpp"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/clock.hpp"
#include "kernel/side_rules.hpp"
#include "preload/log.hpp"
#include "preload/settings.hpp"
#include "preload/system.hpp"
#include "region/fresh.hpp"

namespace inturn::preload::kernel_side {
namespace {

/// Ready before it gets its name. 0 also if another process was first.
int put_new_directory(const char* directory) {
  side_path fresh;
  fresh.add(directory)
      .add(".")
      .add(base::monotonic_ns())
      .add("-")
      .add(static_cast<std::uint64_t>(sys::process()));
  int error = static_cast<int>(-sys::call(SYS_mkdirat, AT_FDCWD, fresh.c_str(), 0700));
  if (error != 0) return error;
  error = static_cast<int>(
      -sys::call(SYS_fchmodat, AT_FDCWD, fresh.c_str(), kernel::directory_for_all));
  if (error == 0)
    error = static_cast<int>(
        -sys::call(SYS_renameat2, AT_FDCWD, fresh.c_str(), AT_FDCWD, directory, RENAME_NOREPLACE));
  if (error != 0) sys::call(SYS_unlinkat, AT_FDCWD, fresh.c_str(), AT_REMOVEDIR);
  return error == EEXIST ? 0 : error;
}

/// Writes the first page of a new region. 0 or errno.
int write_fresh(int fd, const char* stands_for) {
  const long sized = sys::call(SYS_ftruncate, fd, static_cast<long>(region::region_size));
  if (sized != 0) return static_cast<int>(-sized);
  void* const at =
      ::mmap(nullptr, region::page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return errno;
  region::fill_fresh(*static_cast<region::header*>(at), stands_for);
  const long written = sys::call(SYS_pwrite64, fd, at, sizeof(region::header), 0L);
  ::munmap(at, region::page);
  if (written < 0) return static_cast<int>(-written);
  return written == static_cast<long>(sizeof(region::header)) ? 0 : ENOSPC;
}

void hand_over(int fd, const struct stat& lock_file) {
  const uid_t nobody = static_cast<uid_t>(-1);
  sys::call(SYS_fchown, fd, sys::user() == 0 ? lock_file.st_uid : nobody, lock_file.st_gid);
  struct stat now {};
  if (sys::look_at(fd, now) == 0) sys::call(SYS_fchmod, fd, kernel::fitting_mode(now, lock_file));
}

/// A file without a name; where there is no such thing, one with a name that nobody else uses.
int open_nameless(const side_path& path, side_path& temporary) {
  side_path directory;
  const char* const slash = std::strrchr(path.c_str(), '/');
  directory.add(path.c_str(), static_cast<std::size_t>(slash - path.c_str()));
  const int fd = sys::open(directory.c_str(), O_TMPFILE | O_RDWR, 0600);
  if (fd != -EOPNOTSUPP && fd != -EISDIR && fd != -ENOENT) return fd;
  temporary = path;
  temporary.add(".new-")
      .add(static_cast<std::uint64_t>(sys::process()))
      .add("-")
      .add(base::monotonic_ns());
  return sys::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
}

int give_name(int fd, const side_path& temporary, const side_path& path) {
  text<64> self;
  self.add("/proc/thread-self/fd/").add(static_cast<std::uint64_t>(fd));
  const char* const from = temporary.size() == 0 ? self.c_str() : temporary.c_str();
  const long linked =
      sys::call(SYS_linkat, AT_FDCWD, from, AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
  return linked == -EEXIST ? 0 : static_cast<int>(-linked);
}

}  // namespace

bool find_directory(int lock_file_fd, making how, side_path& out) {
  struct stat found {};
  if (our_settings().runtime_directory.size() != 0) {
    out.add(our_settings().runtime_directory.c_str());
    return true;  // whether it is of use, opening files in it will say
  }
  if (sys::look_at(kernel::directory_made_by_root, found, true) == 0 && S_ISDIR(found.st_mode)) {
    out.add(kernel::directory_made_by_root);
    return true;
  }
  const char* const shared = kernel::directory_made_by_the_first;
  out.add(shared);
  int error = -sys::look_at(shared, found, false);
  if (error == ENOENT) {
    if (how == making::no) return false;
    error = put_new_directory(shared);
    if (error == 0) error = -sys::look_at(shared, found, false);
  }
  if (error != 0)
    say(lock_file_fd, "out of turn: there is no runtime directory", error);
  else if (!kernel::is_safe_directory(found, sys::user()))
    say(lock_file_fd, "out of turn: the runtime directory is not shared as /tmp is", error = EPERM);
  return error == 0;
}

int make(const side_path& path, int lock_file_fd, const struct stat& lock_file, bool for_all) {
  if (path.is_cut()) return ENAMETOOLONG;
  side_path temporary;
  const int fd = open_nameless(path, temporary);
  if (fd < 0) return -fd;
  char name[sizeof(region::header::stands_for)] = {};
  text<64> link;
  link.add("/proc/thread-self/fd/").add(static_cast<std::uint64_t>(lock_file_fd));
  sys::link_text(link.c_str(), name, sizeof name - 1);
  int error = write_fresh(fd, name);
  if (error == 0 && for_all) hand_over(fd, lock_file);
  if (error == 0) error = give_name(fd, temporary, path);
  if (temporary.size() != 0) sys::call(SYS_unlinkat, AT_FDCWD, temporary.c_str(), 0);
  sys::close(fd);
  return error;
}

void follow_permissions(int fd, const struct stat& region, const struct stat& lock_file) {
  const mode_t mode = kernel::fitting_mode(region, lock_file);
  const uid_t me = sys::user();
  if ((me == 0 || me == region.st_uid) && (region.st_mode & 07777) != mode)
    sys::call(SYS_fchmod, fd, mode);
}

}  // namespace inturn::preload::kernel_side
