#pragma once

#include <cstdint>
#include <vector>

#include "inturn/types.hpp"
#include "lock/participant.hpp"
#include "region/region.hpp"

namespace inturn::lock {

/// One request in a listing.
struct listed {
  bool holds = false;
  inturn::mode mode = mode::exclusive;
  inturn::range range{};
  std::uint64_t ticket = 0;
  std::uint32_t pid = 0;  // in its own pid namespace
  std::uint32_t tid = 0;
  std::uint32_t pid_namespace = 0;
  lock::kind kind = kind::native;
  std::uint64_t agent = 0;     // 0: a try until it is granted, or a detached hold
  std::uint64_t since_ns = 0;  // monotonic clock, coarse: held, or waited, since then
};

/// The requests of the living, by ticket. Each was there when it was looked at; the region is not touched.
std::vector<listed> list_requests(const region::mapped& region);

}  // namespace inturn::lock
