#include "preload/sqlite.hpp"

#include "preload/fdinfo.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

constexpr std::uint64_t shared_first = 0x40000002, shared_last = shared_first + 509;
constexpr std::uint64_t connection_byte = 128;

bool is(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

sqlite_connection::sqlite_connection(int fd, const struct stat& file) : shm_(file) {
  text<64> link;
  link.add("/proc/thread-self/fd/").add(static_cast<std::uint64_t>(fd));
  char name[1024];
  const long size = sys::link_text(link.c_str(), name, sizeof name - 1);
  constexpr const char* ending = "-shm";
  constexpr long ending_size = 4;
  if (size <= ending_size || size >= static_cast<long>(sizeof name) - 1) return;
  name[size] = '\0';
  in_wal_mode_ = std::strcmp(name + size - ending_size, ending) == 0;
  name[size - ending_size] = '\0';
  has_database_ = in_wal_mode_ && sys::look_at(name, database_, true) == 0;
}

bool sqlite_connection::keeps(const listed_lock& lock, int fd) const {
  if (!in_wal_mode_ || lock.exclusive || lock.kind != listed_lock::type::posix) return false;
  struct stat file {};
  if (sys::look_at(fd, file) != 0) return false;
  if (is(file, shm_)) return lock.first == connection_byte && lock.last == connection_byte;
  return has_database_ && is(file, database_) && lock.first == shared_first &&
         lock.last == shared_last;
}

answer process_is_in_the_way(int fd, const struct stat& file) {
  const sqlite_connection connection(fd, file);
  constexpr int very_many = 256;
  int descriptors = 0;
  return for_each_descriptor([&](int each) {
    if (++descriptors > very_many) return answer::unknown;
    answer found = answer::no;
    for_each_lock(each, [&](const listed_lock& lock) {
      if (connection.keeps(lock, each)) return go_on::yes;
      found = answer::yes;
      return go_on::no;
    });
    return found;
  });
}

}  // namespace inturn::preload
