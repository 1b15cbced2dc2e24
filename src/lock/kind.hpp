#pragma once

#include <cstdint>

namespace inturn::lock {

/// What a request is for; shown to people, and to nobody else of interest.
enum class kind : std::uint32_t { native, flock, ofd, posix };

}  // namespace inturn::lock
