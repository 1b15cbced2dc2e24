#pragma once

#include <cstring>

#include "preload/held.hpp"
#include "preload/system.hpp"

namespace inturn::preload {

/// Reads "1: POSIX  ADVISORY  WRITE 1234 fe:00:5678 0 EOF", what follows "lock:\t". False: a lease, or
/// something else that is no lock of files.
bool read_lock_line(const char* line, listed_lock& out);

enum class go_on : std::uint8_t { yes, no };

/// Visits the locks that a descriptor lists. False: it could not be read.
template <class Visit>
bool for_each_lock(int fd, Visit&& visit) {
  text<64> path;
  path.add("/proc/thread-self/fdinfo/").add(static_cast<std::uint64_t>(fd));
  const int in = sys::open(path.c_str(), O_RDONLY);
  if (in < 0) return false;
  char part[768];
  std::size_t have = 0;
  bool more = true;
  for (long n; more && (n = sys::read(in, part + have, sizeof part - 1 - have)) > 0;) {
    have += static_cast<std::size_t>(n);
    part[have] = '\0';
    char* line = part;
    for (char* end; more && (end = std::strchr(line, '\n')) != nullptr; line = end + 1) {
      *end = '\0';
      listed_lock found{};
      constexpr const char* mark = "lock:\t";
      if (std::strncmp(line, mark, std::strlen(mark)) == 0 &&
          read_lock_line(line + std::strlen(mark), found))
        more = visit(found) == go_on::yes;
    }
    have -= static_cast<std::size_t>(line - part);
    if (have == sizeof part - 1) have = 0;  // a line that long tells of no lock
    std::memmove(part, line, have);
  }
  sys::close(in);
  return true;
}

/// Visits the descriptors of the process. unknown: /proc does not tell; else what the visitor ended it
/// with (not no), or no.
template <class Visit>
answer for_each_descriptor(Visit&& visit) {
  const int in = sys::open("/proc/thread-self/fdinfo", O_RDONLY | O_DIRECTORY);
  if (in < 0) return answer::unknown;
  struct entry {
    std::uint64_t inode, offset;
    unsigned short length;
    unsigned char type;
    char name[5];  // and more
  };
  alignas(entry) char part[512];
  answer found = answer::no;
  long n = 0;
  while (found == answer::no && (n = sys::call(SYS_getdents64, in, part, sizeof part)) > 0) {
    for (long at = 0; at < n && found == answer::no;) {
      const auto* const one = reinterpret_cast<const entry*>(part + at);
      const char* const name = part + at + offsetof(entry, name);
      at += one->length;
      int fd = 0;
      const char* c = name;
      for (; *c >= '0' && *c <= '9'; ++c) fd = fd * 10 + (*c - '0');
      if (c != name && *c == '\0' && fd != in) found = visit(fd);
    }
  }
  sys::close(in);
  return found == answer::no && n < 0 ? answer::unknown : found;
}

}  // namespace inturn::preload
