#include "request.hpp"

#include <unistd.h>

#include <cstring>

#include "kernel/places.hpp"
#include "system.hpp"

namespace inturn::preload {
namespace {

/// Where a range begins from, by l_whence.
bool find_base(int fd, short whence, off_t file_size, off_t& out) {
  switch (whence) {
    case SEEK_SET:
      out = 0;
      return true;
    case SEEK_CUR:
      out = static_cast<off_t>(sys::call(SYS_lseek, fd, 0L, SEEK_CUR));
      return out >= 0;
    case SEEK_END:
      out = file_size;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool request::read_arguments(struct flock& out, arguments are) const {
  out = {};
  if (origin_ == origin::fcntl) {
    if (are == arguments::unread && !sys::can_read(arguments_, sizeof out)) return false;
    std::memcpy(&out, arguments_, sizeof out);
    return true;
  }
  out.l_type = F_WRLCK;
  out.l_whence = SEEK_CUR;
  out.l_len = length_;
  return true;
}

bool request::find_bytes(const struct stat& file, table::extent& out, arguments are) const {
  if (origin_ == origin::flock) {
    out = {kernel::flock_byte, kernel::flock_byte};
    return true;
  }
  struct flock given {};
  off_t base = 0, first = 0, last = static_cast<off_t>(kernel::last_offset);
  if (!read_arguments(given, are) || !find_base(fd_, given.l_whence, file.st_size, base))
    return false;
  if (__builtin_add_overflow(base, given.l_start, &first)) return false;
  if (given.l_len > 0 && __builtin_add_overflow(first, given.l_len - 1, &last)) return false;
  if (given.l_len < 0) {
    last = first - 1;
    if (__builtin_add_overflow(first, given.l_len, &first)) return false;
  }
  if (first < 0 || last < first) return false;
  out = {static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(last)};
  return true;
}

bool request::find_place(const struct stat& file, table::request& out, arguments are) const {
  struct flock given {};
  if (!read_arguments(given, are) || !find_bytes(file, out.where, arguments::read)) return false;
  const bool shared = origin_ == origin::flock ? operation_ == LOCK_SH : given.l_type == F_RDLCK;
  out.mode = shared ? mode::shared : mode::exclusive;
  return shared || given.l_type == F_WRLCK;
}

}  // namespace inturn::preload
