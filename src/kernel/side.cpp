#include "kernel/side.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"
#include "kernel/side_rules.hpp"

namespace inturn::kernel {

namespace fs = std::filesystem;
using base::fail;
using base::unique_fd;

namespace {

struct stat look_at(int fd) {
  struct stat file {};
  if (base::sys.fstat(fd, &file) != 0) fail(errno, name_of(fd), "cannot look at the lock file");
  return file;
}

std::string common_name(const struct stat& lock_file) {
  char name[side_name_size];
  write_common_name(name, lock_file);
  return name;
}

std::string private_name(const struct stat& lock_file, uid_t user) {
  char name[side_name_size];
  write_private_name(name, lock_file, user);
  return name;
}

std::string advice(int error, const fs::path& directory) {
  std::string text;
  if (error == ENOENT || error == ENOTDIR)
    text = "make the directory " + directory.string() + ", or ";
  if (error == EACCES || error == EPERM)
    text = "let everybody write to the directory, as to /tmp: chmod 1777 " + directory.string() +
           ", or ";
  if (error == ENOSPC || error == EDQUOT) text = "make room in " + directory.string() + ", or ";
  return "no place to queue (" + text + "name another directory in INTURN_RUNTIME_DIR)";
}

/// What open_or_make came to: a region, or why there is none for us.
struct outcome {
  std::optional<region::mapped> region;
  std::string why_not;
};

/// Opens what has that name, unless its maker is not to be trusted. Both empty: nothing is there.
/// Never with O_CREAT, which fs.protected_regular would refuse.
outcome open_trusted(const fs::path& path, const struct stat& lock_file) {
  unique_fd fd = base::open_file(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (fd) {
    const uid_t maker = look_at(fd.get()).st_uid;
    if (is_trusted(maker, lock_file, ::geteuid()))
      return {region::mapped::over(std::move(fd), path.string()), {}};
    const std::string who = "user " + std::to_string(maker);
    return {{},
            path.string() + " was made by " + who +
                ", who is neither root, nor the file's owner, nor you" + " (let " + who +
                " or root remove it)"};
  }
  switch (errno) {
    case ENOENT:
      return {};
    case ELOOP:  // a link, a directory or a socket that somebody has put there
    case EISDIR:
    case ENXIO:
      return {{}, path.string() + " is something else (let root remove it)"};
    case EACCES:
    case EPERM:
      return {{}, path.string() + " is not open to you (let root remove it)"};
    default:
      fail(errno, path.string(), advice(errno, path.parent_path()));
  }
}

/// Gives a region without a name its owner, group and permissions.
void hand_over(int fd, const struct stat& lock_file) {
  const uid_t owner = ::geteuid() == 0 ? lock_file.st_uid : static_cast<uid_t>(-1);
  const bool given = ::fchown(fd, owner, lock_file.st_gid) == 0;
  static_cast<void>(given);  // if not, we keep it
  if (::fchmod(fd, fitting_mode(look_at(fd), lock_file)) != 0)
    fail(errno, name_of(fd), "cannot set the permissions of the region");
}

/// The lock file's permissions may have changed since the region was made.
void follow_permissions(int fd, const struct stat& lock_file) {
  const struct stat region = look_at(fd);
  const mode_t mode = fitting_mode(region, lock_file);
  const bool may = ::geteuid() == 0 || ::geteuid() == region.st_uid;
  if (may && (region.st_mode & 07777) != mode) ::fchmod(fd, mode);
}

/// False when another process was first.
bool make(const fs::path& path, int lock_file_fd, const struct stat& lock_file, bool for_all) {
  std::string temporary_name;
  try {
    const region::making fresh = region::fresh_region(fs::perms(0600), name_of(lock_file_fd));
    const unique_fd fd = region::make_nameless(path, fresh, temporary_name);
    if (for_all) hand_over(fd.get(), lock_file);
    return region::give_name(fd, temporary_name, path);
  } catch (const std::system_error& e) {
    if (!temporary_name.empty()) ::unlink(temporary_name.c_str());
    fail(e.code().value(), path.string(), advice(e.code().value(), path.parent_path()));
  }
}

outcome open_or_make(const fs::path& path, int lock_file_fd, const struct stat& lock_file,
                     bool for_all) {
  const uid_t me = ::geteuid();
  // If somebody makes it, or removes it, between two of our steps, we look again, but not for ever.
  for (int tries = 0; tries < 100; ++tries) {
    outcome found = open_trusted(path, lock_file);
    if (found.region || !found.why_not.empty()) return found;
    // Anybody else would make what the others do not trust, and be in the way of who could do better.
    if (for_all && !may_make_common(lock_file, me))
      return {{},
              path.string() + " is not there, and only root or the file's owner can make it" +
                  " (let one of them lock the file through inturn once)"};
    make(path, lock_file_fd, lock_file, for_all);
  }
  fail(EAGAIN, path.string(), "no place to queue: it appears and disappears");
}

}  // namespace

std::string name_of(int fd) {
  std::error_code failed;
  const fs::path target = fs::read_symlink(base::proc_path(fd), failed);
  return failed ? "descriptor " + std::to_string(fd) : target.string();
}

side_region open_side(int lock_file_fd) {
  const struct stat lock_file = look_at(lock_file_fd);
  const fs::path directory = ready_runtime_directory();
  const std::string name = name_of(lock_file_fd) + ": ";
  outcome common = open_or_make(directory / common_name(lock_file), lock_file_fd, lock_file, true);
  if (common.region) {
    follow_permissions(common.region->fd(), lock_file);
    const bool shared = region::is_network(lock_file_fd);
    return {std::move(*common.region),
            shared ? name + "on a network file system: the order holds on this machine only" : ""};
  }
  const fs::path own = directory / private_name(lock_file, ::geteuid());
  outcome mine = open_or_make(own, lock_file_fd, lock_file, false);
  if (!mine.region) fail(EPERM, own.string(), "no place to queue: " + mine.why_not);
  return {std::move(*mine.region),
          name + "the order holds among your own processes only: " + common.why_not};
}

std::vector<side_place> existing_sides(int lock_file_fd) {
  const struct stat lock_file = look_at(lock_file_fd);
  const fs::path directory = runtime_directory();
  const std::string common = common_name(lock_file);
  std::vector<side_place> all;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename();
    const bool is_common = name == common;
    if (!is_common && !name.starts_with(common + ".")) continue;
    struct stat file {};
    if (::lstat(entry.path().c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
    if (is_common ? is_trusted(file.st_uid, lock_file, ::geteuid())
                  : name == private_name(lock_file, file.st_uid))
      all.push_back({entry.path(), !is_common});
  }
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.path < b.path; });
  return all;
}

}  // namespace inturn::kernel
