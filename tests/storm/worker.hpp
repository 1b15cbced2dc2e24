#pragma once

#include <cstdint>

#include "storm/faults.hpp"
#include "storm/ground.hpp"
#include "storm/log.hpp"

namespace inturn::storm {

struct orders {
  std::uint32_t worker = 0;
  std::uint32_t life = 0;  // how many have been this worker before
  std::uint64_t seed = 0;
  const fault* broken = nullptr;
};

/// What a worker's exit status says.
inline constexpr int leaked_descriptor = 10;
inline constexpr int leaked_mapping = 11;

/// Asks, holds and releases until it is over or killed; writes down what it does. The exit status.
int work(const ground& here, arena& all, const orders& mine);

}  // namespace inturn::storm
