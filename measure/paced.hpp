#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "measure/experiment.hpp"
#include "measure/party.hpp"
#include "measure/statistics.hpp"
#include "measure/ticks.hpp"

namespace inturn::measure {

/// How long one of something takes, found in that time: in batches, of which the middle one counts. So a
/// batch in which another program got the CPU does no harm. In ns.
template <class Many>
double pace(std::uint64_t time_ns, Many many) {
  constexpr std::uint64_t batches = 15;
  const auto take = [&](std::uint64_t n) {
    const std::uint64_t start = ticks::now();
    many(n);
    return static_cast<double>(ticks::now() - start) * ticks::ns_per_tick();
  };
  const double batch_ns = static_cast<double>(time_ns) / batches;
  std::uint64_t n = 1;
  double last = take(n);
  while (last < batch_ns / 4 && n < (std::uint64_t{1} << 40)) last = take(n *= 2);
  n = std::max<std::uint64_t>(1,
                              static_cast<std::uint64_t>(static_cast<double>(n) * batch_ns / last));
  std::vector<double> each;
  for (std::uint64_t i = 0; i < batches; ++i) each.push_back(take(n) / static_cast<double>(n));
  return quantile(each, 0.5);
}

/// In a party's order: the argument is the time, the result what it took.
template <class Many>
void note_pace(actor& me, Many many) {
  me.self.result = std::bit_cast<std::uint64_t>(pace(me.self.argument.load(), many));
}
inline double paced(const party& whose) {
  return std::bit_cast<double>(whose.state().result.load());
}

inline std::uint64_t pace_ns(const setting& here) {
  return here.either<std::uint64_t>(2'000'000, 6'000'000);
}

}  // namespace inturn::measure
