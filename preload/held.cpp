#include "preload/held.hpp"

#include <cstdlib>

#include "kernel/places.hpp"
#include "preload/fdinfo.hpp"

namespace inturn::preload {
namespace {

/// Moves behind the next word of a line, and gives where it begins.
const char* next_word(const char*& at) {
  while (*at == ' ') ++at;
  const char* const word = at;
  while (*at != ' ' && *at != '\0') ++at;
  return word;
}

bool begins(const char* word, const char* with) {
  return std::strncmp(word, with, std::strlen(with)) == 0;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Of a descriptor. True: it belongs to that file.
bool is_of(int fd, const struct stat& file) {
  struct stat found {};
  return sys::look_at(fd, found) == 0 && same_file(found, file);
}

}  // namespace

bool read_lock_line(const char* line, listed_lock& out) {
  next_word(line);  // the number
  const char* const kind = next_word(line);
  if (begins(kind, "FLOCK"))
    out.kind = listed_lock::type::flock;
  else if (begins(kind, "POSIX"))
    out.kind = listed_lock::type::posix;
  else if (begins(kind, "OFDLCK"))
    out.kind = listed_lock::type::ofd;
  else
    return false;
  next_word(line);  // ADVISORY
  out.exclusive = begins(next_word(line), "WRITE");
  next_word(line);  // the pid
  next_word(line);  // the file, by numbers that are not stat's on btrfs and overlayfs
  out.first = std::strtoull(next_word(line), nullptr, 10);
  const char* const last = next_word(line);
  out.last = begins(last, "EOF") ? kernel::last_offset : std::strtoull(last, nullptr, 10);
  return true;
}

answer description_holds(int fd) {
  bool holds = false;
  const bool read = for_each_lock(fd, [&](const listed_lock&) {
    holds = true;
    return go_on::no;
  });
  if (read) return holds ? answer::yes : answer::no;
  return sys::control(fd, F_GETFD, 0L) < 0 ? answer::no : answer::unknown;
}

answer process_holds_posix(const struct stat& file) {
  return for_each_descriptor([&](int fd) {
    if (!is_of(fd, file)) return answer::no;
    bool holds = false;
    for_each_lock(fd, [&](const listed_lock& one) {
      holds = one.kind == listed_lock::type::posix;
      return holds ? go_on::no : go_on::yes;
    });
    return holds ? answer::yes : answer::no;
  });
}

answer process_holds_any() {
  return for_each_descriptor(
      [](int fd) { return description_holds(fd) == answer::yes ? answer::yes : answer::no; });
}

}  // namespace inturn::preload
