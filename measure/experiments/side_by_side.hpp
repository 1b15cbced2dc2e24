#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "measure/party.hpp"

namespace inturn::measure {

/// Where two readers see of each other that they run.
struct side_by_side {
  struct alignas(128) line {
    std::atomic<std::uint64_t> chunks{0};
    std::atomic<bool> satisfied{false};
  };
  line of[2];
  std::atomic<std::uint64_t> end_ns{0};
};

/// Parties that are forked from now on use that one.
void meet_at(side_by_side& where);

/// What a shared pair costs each of two readers while both of them run: stretches of time in which the other
/// one got no CPU do not count. Nothing when there were no others. Both parties were forked after meet_at.
std::optional<double> pair_side_by_side(side_by_side& where, party& one, party& other,
                                        std::uint64_t longest_ns);

}  // namespace inturn::measure
