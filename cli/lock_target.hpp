#pragma once

#include <string>

#include "base/fd.hpp"

namespace inturn::cli {

/// Opens a file, made with mode 0666 if it is missing. access: O_RDONLY, O_WRONLY or O_RDWR.
/// Empty with errno on failure.
base::unique_fd open_or_make(const std::string& path, int access);

/// Opens the lock file as flock(1) does: for reading, made if it is missing, a directory is fine
/// too. writable: for locks that want a descriptor open for writing. Throws failure.
base::unique_fd open_lock(const std::string& path, bool writable);

}  // namespace inturn::cli
