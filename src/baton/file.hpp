#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "baton/shared.hpp"
#include "region/anchor.hpp"

namespace inturn::relay {

/// A baton's file, mapped: the bytes, and the words behind them. Thread-safe once made.
class shared_file : public region::anchor {
 public:
  /// Opens the one at path, or makes it, for that many bytes.
  static shared_file open_or_make(const std::filesystem::path& path, std::filesystem::perms mode,
                                  std::size_t capacity);
  static shared_file make_memfd(std::filesystem::perms mode, std::size_t capacity);
  static shared_file adopt(int fd);

  shared_file(shared_file&& other) noexcept;
  shared_file& operator=(shared_file&&) = delete;
  ~shared_file();

  shared_words& words() const noexcept {
    return *reinterpret_cast<shared_words*>(at_ + capacity());
  }
  std::span<std::byte> bytes() const noexcept { return {at_, capacity()}; }
  std::size_t capacity() const noexcept { return size() - sizeof(shared_words); }

 private:
  shared_file(base::unique_fd fd, std::string name);

  std::byte* at_ = nullptr;
};

}  // namespace inturn::relay
