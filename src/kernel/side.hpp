#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernel/runtime_dir.hpp"
#include "region/region.hpp"

// The side region of a lock file: the shared memory in which those who want the kernel's lock
// queue. It is called DEVICE-INODE (st_dev in hexadecimal, st_ino in decimal), so that all names of
// one file meet; or DEVICE-INODE.UID, for one user's processes alone, where the common one cannot
// be had or trusted.

namespace inturn::kernel {

struct side_place {
  std::filesystem::path path;
  bool only_this_user = false;  // a DEVICE-INODE.UID
};

/// The side regions that exist for a lock file (for listings); the common one first. Those whose
/// owner is not to be trusted with them are left out. What is in them may still be anything.
std::vector<side_place> existing_sides(int lock_file_fd);

/// A side region to take part in.
struct side_region {
  region::mapped region;
  std::string reservation;  // why not everybody meets there; empty: they do
};

/// Opens the side region of a lock file; makes it if it is missing, with the lock file's owner and
/// group, read-write for those who may read or write the lock file. Throws std::system_error, whose
/// what() names the file that is in the way and what to do.
side_region open_side(int lock_file_fd);

/// What a descriptor is called in messages: its path, as far as /proc knows it.
std::string name_of(int fd);

}  // namespace inturn::kernel
