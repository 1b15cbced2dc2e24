#include "measure/kernel_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "base/fd.hpp"

namespace inturn::measure {

bool is_blocked(pid_t pid) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
  const base::unique_fd stat = base::open_file(path, O_RDONLY);
  char text[512];
  const ssize_t size = stat ? ::read(stat.get(), text, sizeof text - 1) : -1;
  if (size <= 0) return false;
  text[size] = 0;
  // PID (COMMAND) STATE ...; the command may hold anything, parentheses too.
  const char* const after_command = std::strrchr(text, ')');
  return after_command != nullptr && after_command[2] == 'S';
}

}  // namespace inturn::measure
