#pragma once

#include "preload/request.hpp"

namespace inturn::preload {

/// A call that does not wait: the plain one, and its errno or 0; but one who polls is held back in it for a
/// time (docs/exec.md, 4). frame: as in in_turn.hpp.
int try_in_turn(const request& asked, const void* frame);

/// What has been unlocked may be what one who is held back has been waiting for.
void tell_of_unlock(const request& done);

}  // namespace inturn::preload
