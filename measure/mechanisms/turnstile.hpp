#pragma once

#include <sys/file.h>

#include "inturn/turnstile.hpp"
#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"

namespace inturn::measure {

class turnstile_end : public file_end {
 public:
  explicit turnstile_end(const file_place& place) : file_end(place), turnstile_(descriptor()) {}
  void lock() { turnstile_.flock(LOCK_EX); }
  void unlock() { turnstile_.flock(LOCK_UN); }
  void lock_shared() { turnstile_.flock(LOCK_SH); }
  void unlock_shared() { turnstile_.flock(LOCK_UN); }
  void convert() { turnstile_.flock(LOCK_EX); }

 private:
  turnstile turnstile_;
};

struct turnstile_lock {
  static constexpr std::string_view name = "turnstile";
  static constexpr std::string_view what = "flock(2), taken in turn (inturn::turnstile)";
  static constexpr nature is{owner::description};
  using place = file_place;
  using end = turnstile_end;
};

}  // namespace inturn::measure
