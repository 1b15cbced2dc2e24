#pragma once

#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

// What a side region is called, whom it is open to, and whose is trusted (docs/turnstile.md, 6). Nothing
// here throws or allocates: preload/ opens side regions where neither may be.

namespace inturn::kernel {

/// Where side regions are, unless the environment says otherwise: the first, if root has made it.
inline constexpr const char* directory_made_by_root = "/run/inturn";
inline constexpr const char* directory_made_by_the_first = "/dev/shm/inturn";
inline constexpr mode_t directory_for_all = 01777;

/// Whether a directory can be shared as /tmp is, and nobody else can bend it.
inline bool is_safe_directory(const struct stat& found, uid_t me) {
  const bool shared = (found.st_mode & directory_for_all) == directory_for_all;
  const bool bendable = (found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0;
  return S_ISDIR(found.st_mode) &&
         (shared || (!bendable && (found.st_uid == 0 || found.st_uid == me)));
}

/// Room for DEVICE-INODE.UID.
inline constexpr std::size_t side_name_size = 64;

/// DEVICE-INODE, for everybody.
inline void write_common_name(char (&out)[side_name_size], const struct stat& lock_file) {
  ::snprintf(out, sizeof out, "%llx-%llu", static_cast<unsigned long long>(lock_file.st_dev),
             static_cast<unsigned long long>(lock_file.st_ino));
}

/// DEVICE-INODE.UID, for one user's processes.
inline void write_private_name(char (&out)[side_name_size], const struct stat& lock_file,
                               uid_t user) {
  ::snprintf(out, sizeof out, "%llx-%llu.%u", static_cast<unsigned long long>(lock_file.st_dev),
             static_cast<unsigned long long>(lock_file.st_ino), static_cast<unsigned>(user));
}

/// Whoever may open the lock file in some way may lock it; so he may queue.
inline mode_t fitting_mode(const struct stat& region, const struct stat& lock_file) {
  const mode_t some = lock_file.st_mode | lock_file.st_mode >> 1;  // r or w, at w's place
  const mode_t mode = (some & 0222) | (some & 0222) << 1;
  // In a group that is not the lock file's, only what everybody may.
  return region.st_gid == lock_file.st_gid ? mode : (mode & ~070U) | (mode & 07U) << 3;
}

inline bool is_trusted(uid_t maker, const struct stat& lock_file, uid_t me) {
  return maker == 0 || maker == lock_file.st_uid || maker == me;
}

/// Whether a user makes the region of the common name: anybody else's would not be trusted by the others.
inline bool may_make_common(const struct stat& lock_file, uid_t me) {
  return me == 0 || me == lock_file.st_uid;
}

}  // namespace inturn::kernel
