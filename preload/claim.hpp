#pragma once

#include <cstdint>

#include "preload/own.hpp"
#include "preload/side.hpp"

namespace inturn::preload {

/// Claims one more lane of a side region for this process (docs/liveness.md; src/region/claim.cpp and
/// src/lock/participant.cpp are the like). False: there is none to be had, or the process has enough; said.
/// With all signals blocked, and only in the process's own memory (is_own_process).
bool claim_lane(int lock_file_fd, const side_region& side, own_file& mine);

/// Gives all lanes of this process in a side region up. Nobody else uses them.
void give_up_lanes(const side_region& side, own_file& mine);

}  // namespace inturn::preload
