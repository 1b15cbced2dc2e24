#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/fd.hpp"

// Files of shared memory come into the world whole: what has a name can be used.

namespace inturn::region {

/// A kind of file, and how one is made.
struct making {
  std::string what;  // "region", for messages
  std::filesystem::perms mode;
  /// Writes all of it. name: for messages.
  std::function<void(int fd, const std::string& name)> fill;
};

/// Opens the file at path (absolute), or makes it.
base::unique_fd open_or_make(const std::filesystem::path& path, const making& how);

/// A file in a memfd, sealed against growing, shrinking and further sealing.
base::unique_fd make_memfd(const making& how, const std::string& name);

/// A file without a name yet.
base::unique_fd make_nameless(const std::filesystem::path& path, const making& how,
                              std::string& temporary_name);

/// Gives it its name. False: something has that name already.
bool give_name(const base::unique_fd& fd, const std::string& temporary_name,
               const std::filesystem::path& path);

/// A file received as a descriptor, opened afresh through /proc.
struct received {
  base::unique_fd fd;
  std::string name;
};
received receive(int given);

}  // namespace inturn::region
