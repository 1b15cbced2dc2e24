#pragma once

#include <unistd.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"

namespace inturn::measure {

class lockf_end : public file_end {
 public:
  using file_end::file_end;
  void lock() { call(F_LOCK, 0); }
  void unlock() { call(F_ULOCK, 0); }
  void lock_byte(std::uint64_t byte) { at(byte, F_LOCK); }
  void unlock_byte(std::uint64_t byte) { at(byte, F_ULOCK); }

 private:
  void call(int command, off_t length) {
    must(::lockf(descriptor(), command, length) == 0, "lockf");
  }
  /// lockf counts from the file offset.
  void at(std::uint64_t byte, int command) {
    must(::lseek(descriptor(), static_cast<off_t>(byte), SEEK_SET) >= 0, "lseek");
    call(command, 1);
    must(::lseek(descriptor(), 0, SEEK_SET) >= 0, "lseek");
  }
};

struct lockf_lock {
  static constexpr std::string_view name = "lockf";
  static constexpr std::string_view what = "lockf(3)";
  static constexpr nature is{owner::process};
  using place = file_place;
  using end = lockf_end;
};

}  // namespace inturn::measure
