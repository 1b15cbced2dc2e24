#include "measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inturn::measure {

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], at - static_cast<double>(below));
}

spread spread_of(const std::vector<double>& rounds) {
  return {quantile(rounds, 0.5), quantile(rounds, 0.25), quantile(rounds, 0.75), rounds.size()};
}

double jain(const std::vector<double>& shares) {
  double sum = 0;
  double squares = 0;
  for (const double each : shares) {
    sum += each;
    squares += each * each;
  }
  return squares > 0 ? sum * sum / (static_cast<double>(shares.size()) * squares)
                     : std::numeric_limits<double>::quiet_NaN();
}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
  most_ = std::max(most_, other.most_);
}

double histogram::quantile(double q) const {
  if (total_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(total_)));
  if (rank >= total_) return static_cast<double>(most_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= rank && counts_[i] > 0) return std::min(middle_of(i), static_cast<double>(most_));
  }
  return static_cast<double>(most_);
}

double histogram::middle_of(std::size_t bucket) {
  if (bucket < parts) return static_cast<double>(bucket);
  const auto shift = static_cast<int>(bucket / parts) - 1;
  const double first = std::ldexp(static_cast<double>(parts + bucket % parts), shift);
  return first + (std::ldexp(1.0, shift) - 1) / 2;
}

}  // namespace inturn::measure
