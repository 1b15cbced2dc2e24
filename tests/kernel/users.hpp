#pragma once

#include <grp.h>
#include <unistd.h>

#include "support/child.hpp"

namespace inturn::test {

inline constexpr uid_t somebody = 65'534;
inline constexpr uid_t somebody_else = 65'533;

/// A child that has become that user, in the group of the same number. Needs root.
template <class Body>
child as_user(uid_t user, Body&& body) {
  return child([&, user] {
    require(::setgroups(0, nullptr) == 0);
    require(::setresgid(user, user, user) == 0 && ::setresuid(user, user, user) == 0);
    body();
  });
}

}  // namespace inturn::test
