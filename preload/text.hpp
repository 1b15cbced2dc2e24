#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace inturn::preload {

/// A text of bounded length on the stack; what does not fit is cut off.
template <std::size_t Room>
class text {
 public:
  text& add(const char* more) { return add(more, std::strlen(more)); }
  text& add(const char* more, std::size_t length) {
    const std::size_t fits = length < Room - 1 - size_ ? length : Room - 1 - size_;
    cut_ = cut_ || fits < length;
    std::memcpy(all_ + size_, more, fits);
    size_ += fits;
    all_[size_] = '\0';
    return *this;
  }
  text& add(std::uint64_t number) {
    char digits[20];
    std::size_t first = sizeof digits;
    do digits[--first] = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    return add(digits + first, sizeof digits - first);
  }

  const char* c_str() const { return all_; }
  char* data() { return all_; }
  std::size_t size() const { return size_; }
  bool is_cut() const { return cut_; }

 private:
  char all_[Room] = {};
  std::size_t size_ = 0;
  bool cut_ = false;
};

using path_text = text<4096>;

}  // namespace inturn::preload
