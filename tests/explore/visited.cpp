#include "explore/search.hpp"

namespace inturn::explore {
namespace {

constexpr u8 on_the_way_bit = 0x80;
constexpr std::size_t first_capacity = std::size_t{1} << 16;

}  // namespace

visited_states::visited_states() : keys_(first_capacity, 0), marks_(first_capacity, 0) {}

std::size_t visited_states::find(u64 fingerprint) const {
  std::size_t at = fingerprint & (keys_.size() - 1);
  while (keys_[at] != 0 && keys_[at] != fingerprint) at = (at + 1) & (keys_.size() - 1);
  return at;
}

visited_states::finding visited_states::enter(u64 fingerprint, u8 preemptions) {
  if (count_ * 10 > keys_.size() * 7) grow();
  const std::size_t at = find(fingerprint);
  const bool fresh = keys_[at] == 0;
  if (!fresh && (marks_[at] & on_the_way_bit) != 0) return finding::on_the_way;
  if (!fresh && marks_[at] <= preemptions) return finding::known;
  if (fresh) ++count_;
  keys_[at] = fingerprint;
  marks_[at] = preemptions | on_the_way_bit;
  return finding::fresh;
}

void visited_states::leave(u64 fingerprint) {
  marks_[find(fingerprint)] &= static_cast<u8>(~on_the_way_bit);
}

void visited_states::grow() {
  visited_states larger;
  larger.keys_.assign(keys_.size() * 2, 0);
  larger.marks_.assign(keys_.size() * 2, 0);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i] == 0) continue;
    const std::size_t at = larger.find(keys_[i]);
    larger.keys_[at] = keys_[i];
    larger.marks_[at] = marks_[i];
  }
  larger.count_ = count_;
  *this = std::move(larger);
}

}  // namespace inturn::explore
