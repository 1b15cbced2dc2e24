#include "kernel/runtime_dir.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.hpp"
#include "kernel/side_rules.hpp"

namespace inturn::kernel {

namespace fs = std::filesystem;
using base::fail;

namespace {

/// Ready before it gets its name: nobody ever meets one that is not yet open to him. True as well
/// if another process was first.
bool put_new_directory(const fs::path& directory) {
  std::string fresh = directory.string() + ".XXXXXX";
  if (::mkdtemp(fresh.data()) == nullptr) return false;
  const bool put =
      ::chmod(fresh.c_str(), directory_for_all) == 0 &&
      ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, directory.c_str(), RENAME_NOREPLACE) == 0;
  const int error = errno;
  if (!put) ::rmdir(fresh.c_str());
  errno = error;
  return put || error == EEXIST;
}

}  // namespace

fs::path runtime_directory() {
  // secure_: a caller must not lead a set-user-ID program to a place of his choice.
  const char* given = ::secure_getenv("INTURN_RUNTIME_DIR");
  if (given != nullptr && *given != '\0') return fs::absolute(given);
  std::error_code ignored;
  return fs::is_directory(directory_made_by_root, ignored) ? directory_made_by_root
                                                           : directory_made_by_the_first;
}

fs::path ready_runtime_directory() {
  fs::path directory = runtime_directory();
  if (directory == directory_made_by_the_first) make_shared_directory(directory);
  return directory;
}

void make_shared_directory(const fs::path& directory) {
  const auto refuse = [&](int error, const std::string& what) {
    fail(error, directory.string(), what + " (remove it, or name another in INTURN_RUNTIME_DIR)");
  };
  struct stat found {};
  if (::lstat(directory.c_str(), &found) != 0) {
    if (errno != ENOENT) refuse(errno, "cannot look at the runtime directory");
    if (!put_new_directory(directory)) refuse(errno, "cannot make the runtime directory");
    if (::lstat(directory.c_str(), &found) != 0)
      refuse(errno, "cannot look at the runtime directory");
  }
  if (!S_ISDIR(found.st_mode)) refuse(ENOTDIR, "the runtime directory is something else");
  if (!is_safe_directory(found, ::geteuid()))
    refuse(EPERM, "the runtime directory is user " + std::to_string(found.st_uid) +
                      "'s, and not shared as /tmp is: its owner or root can run chmod 1777 on it");
}

}  // namespace inturn::kernel
