#pragma once

#include <filesystem>
#include <string>

#include "base/fd.hpp"
#include "inturn/types.hpp"
#include "region/anchor.hpp"
#include "region/layout.hpp"
#include "region/making.hpp"

namespace inturn::region {

/// A region, mapped. Thread-safe once made. Lane i's claim is byte claim_byte(i) of the anchor.
class mapped : public anchor {
 public:
  /// Opens the region at path, or makes it. stands_for: see layout.hpp.
  static mapped open_or_make(const std::filesystem::path& path, std::filesystem::perms mode,
                             const std::string& stands_for = {});
  /// Opens a region that must exist; read_only: for looking at it.
  static mapped open_existing(const std::filesystem::path& path, bool read_only = false);
  static mapped make_memfd(std::filesystem::perms mode);
  static mapped adopt(int fd);
  /// The region behind a descriptor that the caller has opened, and looked at, itself.
  static mapped over(base::unique_fd fd, std::string name) {
    return mapped(std::move(fd), std::move(name), false);
  }

  mapped(mapped&& other) noexcept;
  mapped& operator=(mapped&& other) noexcept;
  ~mapped();

  table::view table() const noexcept {
    return {&at_->header.counters, at_->lanes, table::max_lanes};
  }
  const header& head() const noexcept { return at_->header; }

  /// Makes sure that the lane's memory exists on disk: touching it can then no more fail (SIGBUS).
  void reserve(std::uint32_t lane) const;

 private:
  mapped(base::unique_fd fd, std::string name, bool read_only);
  void check() const;

  layout* at_ = nullptr;
};

/// How a region is made. stands_for: see layout.hpp.
making fresh_region(std::filesystem::perms mode, const std::string& stands_for);

}  // namespace inturn::region
