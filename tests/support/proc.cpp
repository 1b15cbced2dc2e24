#include "support/proc.hpp"

#include <dirent.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace inturn::test {

char state_of_process(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  // PID (COMMAND) STATE: the command may contain anything, so from the last parenthesis on.
  const auto at = line.rfind(") ");
  return at == std::string::npos ? '\0' : line[at + 2];
}

std::vector<int> open_descriptors() {
  std::vector<int> all;
  DIR* dir = ::opendir("/proc/self/fd");
  if (dir == nullptr) return all;
  while (const dirent* entry = ::readdir(dir)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != ::dirfd(dir)) all.push_back(fd);
  }
  ::closedir(dir);
  std::sort(all.begin(), all.end());
  return all;
}

std::size_t mappings_of(const std::string& file, pid_t pid) {
  std::ifstream in("/proc/" + (pid == 0 ? "self" : std::to_string(pid)) + "/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) count += line.ends_with(file) ? 1U : 0U;
  return count;
}

}  // namespace inturn::test
