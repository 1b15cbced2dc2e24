#pragma once

#include <cstdint>

#include "text.hpp"

namespace inturn::preload {

/// What the environment said when the program started: later changes, and those that a program makes for
/// its children, are not ours. Nothing of it is heeded in a program with more rights than who started it.
struct settings {
  path_text runtime_directory;     // empty: the usual one
  path_text log;                   // where to say what was not in turn; empty: nowhere; "-": stderr
  std::uint64_t poll_hold_ns = 0;  // how long one who polls is held back at most; 0: not at all
};

const settings& our_settings();

}  // namespace inturn::preload
