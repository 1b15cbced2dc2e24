#pragma once

#include <sys/file.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"

namespace inturn::measure {

template <class Descriptor>
class flock_end : public Descriptor {
 public:
  using Descriptor::Descriptor;
  void lock() { call(LOCK_EX); }
  void unlock() { call(LOCK_UN); }
  void lock_shared() { call(LOCK_SH); }
  void unlock_shared() { call(LOCK_UN); }
  void convert() { call(LOCK_EX); }

 private:
  void call(int operation) { must(::flock(this->descriptor(), operation) == 0, "flock"); }
};

struct flock_lock {
  static constexpr std::string_view name = "flock";
  static constexpr std::string_view what = "flock(2), each process with its own open";
  static constexpr nature is{owner::description};
  using place = file_place;
  using end = flock_end<file_end>;
};

/// What happens to flock when the descriptor was passed or inherited.
struct flock_shared {
  static constexpr std::string_view name = "flock-shared";
  static constexpr std::string_view what = "flock(2), all on one open file description";
  static constexpr nature is{owner::description, false};
  using place = opened_place;
  using end = flock_end<inherited_end>;
};

}  // namespace inturn::measure
