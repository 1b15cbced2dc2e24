#pragma once

#include <fcntl.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "storm/ground.hpp"
#include "table/words.hpp"

namespace inturn::storm {

/// How a worker asks.
struct asking {
  bool exclusive = true;
  range where{};
  enum class how { wait, attempt, until } how = how::wait;
  std::uint64_t time_ns = 0;  // for how::until
};

/// What a worker has got. Ending it releases, if release() has not.
class pass {
 public:
  virtual ~pass() = default;
  virtual void release() = 0;

  std::uint64_t ticket = 0;  // 0: not told
  bool in_turn = true;
  bool told_of_death = false;
};

/// One worker's way to one lock.
class door {
 public:
  virtual ~door() = default;
  /// Null: refused. `variant` chooses among ways that should not differ.
  virtual std::unique_ptr<pass> enter(const asking& how, std::uint32_t variant) = 0;
  /// Lets go of everything that is not held.
  virtual void close() = 0;
};

std::unique_ptr<door> make_door(const place& at, int memfd);

}  // namespace inturn::storm
