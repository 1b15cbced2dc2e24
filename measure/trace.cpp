#include "measure/trace.hpp"

#include <algorithm>

namespace inturn::measure {

void span_log::add(std::uint64_t from_ns, std::uint64_t to_ns) {
  if (count_ > 0 && in_last_ < per_span_) {
    to_[count_ - 1] = to_ns;
    ++in_last_;
    return;
  }
  if (count_ == most) merge_neighbours();
  from_[count_] = from_ns;
  to_[count_] = to_ns;
  ++count_;
  in_last_ = 1;
}

void span_log::merge_neighbours() {
  for (std::size_t i = 0; i < most / 2; ++i) {
    from_[i] = from_[2 * i];
    to_[i] = to_[2 * i + 1];
  }
  count_ = most / 2;
  per_span_ *= 2;
}

std::vector<span> span_log::between(std::uint64_t start_ns, std::uint64_t end_ns) const {
  std::vector<span> all;
  for (std::size_t i = 0; i < count_; ++i)
    if (to_[i] > start_ns && from_[i] < end_ns)
      all.emplace_back(std::max(from_[i], start_ns) - start_ns,
                       std::min(to_[i], end_ns) - start_ns);
  return all;
}

traced_process as_traced(const std::string& name, const std::string& role, const process_log& log,
                         std::uint64_t start_ns, std::uint64_t end_ns) {
  return {name, role, log.holds.between(start_ns, end_ns), log.waits.between(start_ns, end_ns),
          log.holds.merged()};
}

}  // namespace inturn::measure
