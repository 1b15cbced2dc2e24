#pragma once

#include "base/sys.hpp"

namespace inturn::test {

/// Lets system calls fail: change entries of base::sys while one of these lives; then all is as before.
///
///   const failing_system restore;
///   base::sys.ftruncate = [](int, off_t) { errno = ENOSPC; return -1; };
class failing_system {
 public:
  failing_system() = default;
  ~failing_system() { base::sys = before_; }
  failing_system(const failing_system&) = delete;
  failing_system& operator=(const failing_system&) = delete;

 private:
  const base::system_calls before_ = base::sys;
};

}  // namespace inturn::test
