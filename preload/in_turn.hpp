#pragma once

#include "preload/request.hpp"

namespace inturn::preload {

/// Takes the lock that is asked for, in its turn, however long that takes. 0 or the errno of the plain
/// call. frame: where the wrapper's own call is on the stack (flight.hpp).
int wait_in_turn(const request& asked, const void* frame);

}  // namespace inturn::preload
