#pragma once

#include <cstdint>
#include <optional>

#include "inturn/types.hpp"
#include "region/region.hpp"

namespace inturn::kernel {

/// While the calling thread queues in the region for that mode and range: one of those ahead of it
/// (a pid, for people) if all of them are stopped, by SIGSTOP or a debugger, or cannot be looked at
/// (in another pid namespace). Empty if one of them goes on, or nobody is ahead.
std::optional<std::uint32_t> all_ahead_are_stopped(const region::mapped& side, inturn::mode mode,
                                                   inturn::range where);

/// Those that conflict with that mode and range.
struct tries_ahead {
  bool only_tries = true;   // which will be over in an instant
  bool all_stopped = true;  // or cannot be looked at, as above
};
tries_ahead look_for_tries(const region::mapped& side, inturn::mode mode, inturn::range where);

}  // namespace inturn::kernel
