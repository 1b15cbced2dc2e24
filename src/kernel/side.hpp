#pragma once

#include <filesystem>
#include <vector>

#include "region/region.hpp"

// Where the side region of a lock file is: DEVICE-INODE (st_dev in hexadecimal, st_ino in decimal) in the
// runtime directory, so that all names of one file meet; DEVICE-INODE.UID where that name cannot be trusted.

namespace inturn::kernel {

/// $INTURN_RUNTIME_DIR; else /run/inturn, if that is a directory; else /dev/shm/inturn. Makes nothing.
std::filesystem::path runtime_directory();

struct side_place {
  std::filesystem::path path;
  bool only_this_user = false;  // a DEVICE-INODE.UID: the order of one user's processes only
};

/// The side regions that exist for a lock file (for listings); the common one first. Names that are not
/// to be trusted are left out.
std::vector<side_place> existing_sides(int lock_file_fd);

/// A side region, opened for taking part.
struct side_region {
  region::mapped region;
  bool only_this_user = false;
};

/// Opens the side region of a lock file; makes it, and the runtime directory in /dev/shm, if missing.
/// Throws std::system_error, whose what() names the file that is in the way and what to do.
side_region open_side(int lock_file_fd);

}  // namespace inturn::kernel
