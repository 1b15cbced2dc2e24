#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace inturn::measure {

/// By linear interpolation between the two nearest; q from 0 to 1. NaN of nothing.
double quantile(std::vector<double> values, double q);

/// The middle of several rounds, and the quartiles beside it.
struct spread {
  double middle = 0;
  double low = 0;
  double high = 0;
  std::uint64_t rounds = 0;
};
spread spread_of(const std::vector<double>& rounds);

/// Jain's index of fairness: 1 when all have got the same, 1/n when one has got everything.
double jain(const std::vector<double>& shares);

/// Counts times, in buckets that are at most 1/32 wide. Plain numbers: may lie in shared memory, written by
/// one process.
class histogram {
 public:
  void add(std::uint64_t value) {
    ++counts_[bucket(value)];
    ++total_;
    if (value > most_) most_ = value;
  }
  void add(const histogram& other);

  std::uint64_t total() const { return total_; }
  std::uint64_t most() const { return most_; }
  /// The value below which that part of all lies, to within a bucket; the largest for q = 1. 0 of nothing.
  double quantile(double q) const;

 private:
  static constexpr unsigned parts_bits = 5;
  static constexpr std::uint64_t parts = 1U << parts_bits;
  static constexpr std::size_t buckets = (64 - parts_bits) * parts + parts;
  static std::size_t bucket(std::uint64_t value) {
    if (value < parts) return value;
    const unsigned shift = 63U - static_cast<unsigned>(__builtin_clzll(value)) - parts_bits;
    return (shift + 1) * parts + ((value >> shift) - parts);
  }
  static double middle_of(std::size_t bucket);

  std::array<std::uint32_t, buckets> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace inturn::measure
