#pragma once

#include <filesystem>

namespace inturn::kernel {

/// Where side regions are: $INTURN_RUNTIME_DIR; else /run/inturn, if that is a directory; else
/// /dev/shm/inturn. Absolute. Makes nothing.
std::filesystem::path runtime_directory();

/// The same, ready for use: /dev/shm/inturn is made if it is missing. Throws std::system_error.
std::filesystem::path ready_runtime_directory();

/// Makes sure that a directory is there which all users can share as they share /tmp (mode 1777),
/// and which nobody can bend: a real directory, and either sticky, or root's or ours. Throws with
/// what to do.
void make_shared_directory(const std::filesystem::path& directory);

}  // namespace inturn::kernel
