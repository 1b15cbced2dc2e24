#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"

// fcntl's locks on bytes: of the process (posix, lockf) and of the open file description (ofd).

namespace inturn::measure {

template <class Descriptor, int Command>
class record_end : public Descriptor {
 public:
  using Descriptor::Descriptor;
  void lock() { call(F_WRLCK, 0, 0); }
  void unlock() { call(F_UNLCK, 0, 0); }
  void lock_shared() { call(F_RDLCK, 0, 0); }
  void unlock_shared() { call(F_UNLCK, 0, 0); }
  void convert() { call(F_WRLCK, 0, 0); }
  void lock_byte(std::uint64_t byte) { call(F_WRLCK, byte, 1); }
  void unlock_byte(std::uint64_t byte) { call(F_UNLCK, byte, 1); }

 private:
  void call(short type, std::uint64_t start, std::uint64_t length) {
    struct flock wanted {};
    wanted.l_type = type;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = static_cast<off_t>(start);
    wanted.l_len = static_cast<off_t>(length);
    must(::fcntl(this->descriptor(), Command, &wanted) == 0, "fcntl");
  }
};

struct posix_lock {
  static constexpr std::string_view name = "posix";
  static constexpr std::string_view what = "fcntl(2), F_SETLKW: the lock is the process's";
  static constexpr nature is{owner::process};
  using place = file_place;
  using end = record_end<file_end, F_SETLKW>;
};

struct ofd_lock {
  static constexpr std::string_view name = "ofd";
  static constexpr std::string_view what = "fcntl(2), F_OFD_SETLKW, each process with its own open";
  static constexpr nature is{owner::description};
  using place = file_place;
  using end = record_end<file_end, F_OFD_SETLKW>;
};

/// The blog's: the descriptor was passed, so both sides own whatever either of them locks.
struct ofd_shared {
  static constexpr std::string_view name = "ofd-shared";
  static constexpr std::string_view what = "F_OFD_SETLKW, all on one open file description";
  static constexpr nature is{owner::description, false};
  using place = opened_place;
  using end = record_end<inherited_end, F_OFD_SETLKW>;
};

}  // namespace inturn::measure
