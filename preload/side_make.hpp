#pragma once

#include <sys/stat.h>

#include "preload/side.hpp"
#include "preload/text.hpp"

namespace inturn::preload {

using side_path = text<512>;

// The parts of opening a side region of which src/kernel/side.cpp and runtime_dir.cpp are the like.
namespace kernel_side {

/// The runtime directory, made if there is none and `how` says so. False: said why.
bool find_directory(int lock_file_fd, making how, side_path& out);

/// A region of that name, complete before it gets it. 0 (also if another process was first) or errno.
int make(const side_path& path, int lock_file_fd, const struct stat& lock_file, bool for_all);

/// The lock file's permissions may have changed since the region was made.
void follow_permissions(int fd, const struct stat& region, const struct stat& lock_file);

}  // namespace kernel_side
}  // namespace inturn::preload
