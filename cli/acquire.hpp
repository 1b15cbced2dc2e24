#pragma once

#include <cstdint>
#include <optional>

#include "base/fd.hpp"
#include "cli/run_options.hpp"

namespace inturn::cli {

/// A lock that has been taken: the descriptor that owns it, and its fencing token if it was taken
/// in turn.
struct locked {
  base::unique_fd fd;
  std::optional<std::uint64_t> ticket;
};

/// Opens the lock file and takes the lock in turn. Empty: a conflict, or the time is over.
/// Says what there is to say (--verbose; that the order is not guaranteed). Throws failure.
std::optional<locked> acquire(const run_options& options);

}  // namespace inturn::cli
