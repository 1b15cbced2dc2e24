#include "table/words.hpp"

namespace inturn::table {

bool to_extent(range given, extent& out) noexcept {
  constexpr std::uint64_t end = ~std::uint64_t{0};
  if (given.length == 0) {
    out = {given.start, end};
    return true;
  }
  if (given.length - 1 > end - given.start) return false;
  out = {given.start, given.start + (given.length - 1)};
  return true;
}

range to_range(extent e) noexcept {
  constexpr std::uint64_t end = ~std::uint64_t{0};
  return {e.first, e.last == end ? 0 : e.last - e.first + 1};
}

}  // namespace inturn::table
