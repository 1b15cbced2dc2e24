#pragma once

#include <atomic>
#include <cstdint>

#include "preload/signals.hpp"

namespace inturn::preload {

enum class woken : std::uint8_t { somehow, by_signal, cannot_sleep };

/// Sleeps on the word while it is 1, until then at most (monotonic), as a plain call that blocks would: a
/// signal handler with SA_RESTART does not end it, one without does, and a thread may be cancelled in it
/// if the plain call is a point for that.
woken sleep_on(std::atomic<std::uint32_t>& word, std::uint64_t until_ns,
               all_signals_blocked& signals, bool can_be_cancelled);

}  // namespace inturn::preload
