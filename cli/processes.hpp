#pragma once

#include <sys/types.h>

#include <compare>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/lock_lines.hpp"

namespace inturn::cli {

/// Which file, whatever its names.
struct file_id {
  dev_t device = 0;
  ino_t inode = 0;
  friend auto operator<=>(const file_id&, const file_id&) = default;
};

/// A descriptor of one of the files asked for, and the locks that its description (posix: its
/// process) has.
struct descriptor {
  pid_t pid = 0;
  int fd = -1;
  file_id file;
  std::vector<kernel_lock> locks;
};

struct processes {
  bool complete = true;                 // every process could be looked at
  std::vector<descriptor> descriptors;  // by pid
};

/// Looks through /proc for descriptors of these files.
processes find_descriptors(const std::set<file_id>& files);

/// Its locks of now; none if it is closed, or of another file by now.
void look_again(descriptor& at);

/// Whether two descriptors are one open file description: yes, no, or empty if the kernel does not
/// tell.
std::optional<bool> same_description(const descriptor& a, const descriptor& b);

/// Whether a thread of the process sleeps in fcntl(F_OFD_SETLKW) on that descriptor.
bool waits_for_ofd_lock(const descriptor& at);

/// For people: the command line, or the name in brackets. Empty if it cannot be had.
std::optional<std::string> command_line(pid_t pid);

/// What we call the process that calls itself pid in that namespace; empty if we cannot see it.
std::optional<pid_t> our_name_of(pid_t pid, std::uint32_t pid_namespace);

}  // namespace inturn::cli
