#pragma once

#include <cstdint>

#include "preload/files.hpp"
#include "preload/request.hpp"

namespace inturn::preload {

/// Why one who polls is to be held back, and how long.
struct hold_back {
  table::request
      needed;  // what it could not get, which may be another lock than the one asked for now
  table::request all;   // what it will ask for when it has got that
  std::uint64_t since;  // its place among those who poll: monotonic ns
  std::uint64_t limit_ns;
};

/// Waits until it is its turn and the lock is free, within the limit. True: `error` is what the call has
/// come to. False: the plain call is still to be made.
bool wait_for_turn_to_poll(const request& asked, const pinned& which, const struct stat& file,
                           const hold_back& why, const void* frame, int& error);

/// Whether somebody who polls is being held back in that region.
bool is_anybody_held_back(const side_region& side);

/// Wakes the one whose turn it is among those who poll for what has been unlocked.
void wake_who_polls(const side_region& side, table::extent unlocked);

}  // namespace inturn::preload
