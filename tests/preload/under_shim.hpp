#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "kernel/side.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/role.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

/// A lock file, and a runtime directory of its own. Processes tell each other how far they are by lines in
/// a file: memory they cannot share over exec.
class preload_test : public ::testing::Test {
 protected:
  preload_test() {
    std::filesystem::create_directory(dir / "runtime");
    ::setenv("INTURN_RUNTIME_DIR", (dir / "runtime").c_str(), 1);
    write_file(file, "");
    write_file(lines, "");
  }

  /// This program in that role, under `inturn exec`.
  child in_turn(const role& as, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {file, lines});
    return child([&]() -> int {
      std::vector<std::string> words{INTURN_COMMAND,   "exec",   "--",
                                     "/proc/self/exe", "--role", as.name()};
      words[3] = std::filesystem::read_symlink("/proc/self/exe");
      words.insert(words.end(), arguments.begin(), arguments.end());
      std::vector<char*> argv;
      for (auto& w : words) argv.push_back(w.data());
      argv.push_back(nullptr);
      ::execv(INTURN_COMMAND, argv.data());
      return child_failed;
    });
  }
  child plain(const role& as, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {file, lines});
    return execute(as, arguments);
  }

  bool until_said(const std::string& what) const {
    return eventually([&] { return contents(lines).find(what) != std::string::npos; });
  }
  base::unique_fd open(int flags = O_RDWR) const { return base::open_file(file.c_str(), flags); }
  region_watch queue() const { return region_watch(kernel::open_side(open().get()).region.name()); }

  const temp_dir dir;
  const std::string file = dir / "lock";
  const std::string lines = dir / "lines";
};

inline void say(const std::string& lines, const std::string& what) {
  const int fd = ::open(lines.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  const std::string line = what + "\n";
  require(::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  ::close(fd);
}

inline struct flock record(short type, off_t start = 0, off_t length = 0) {
  struct flock r {};
  r.l_type = type;
  r.l_start = start;
  r.l_len = length;
  return r;
}

}  // namespace inturn::test
