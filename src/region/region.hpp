#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/fd.hpp"
#include "inturn/types.hpp"
#include "region/layout.hpp"

namespace inturn::region {

/// A region, mapped. Thread-safe once made. Closing it drops no claim (region/claim.hpp).
class mapped {
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
  int fd() const noexcept { return fd_.get(); }
  /// For messages: the path, or "memfd:inturn".
  const std::string& name() const noexcept { return name_; }

  /// True only if the lane's claim was free at some time after the call: whoever owned the lane before
  /// that has ended. Throws EBADF when the program has closed our descriptor and none can be had.
  bool certainly_dead(std::uint32_t lane) const;

  /// A new open file description of the region, whatever has become of fd(). Throws EBADF as above.
  base::unique_fd describe_anew() const;

  /// Makes sure that the lane's memory exists on disk: touching it can then no more fail (SIGBUS).
  void reserve(std::uint32_t lane) const;

 private:
  mapped(base::unique_fd fd, std::string name, bool read_only);
  void check() const;
  bool is_this_file(int fd) const noexcept;

  layout* at_ = nullptr;
  base::unique_fd fd_;
  std::string name_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A file with a fresh region in it, without a name yet.
base::unique_fd make_nameless(const std::filesystem::path& path, std::filesystem::perms mode,
                              const std::string& stands_for, std::string& temporary_name);

/// Gives it its name. False: something has that name already.
bool give_name(const base::unique_fd& fd, const std::string& temporary_name,
               const std::filesystem::path& path);

/// Writes a fresh header and sets the size.
void write_fresh(int fd, const std::string& name, const std::string& stands_for);

/// Throws EREMOTE for a file on a file system that other machines may share.
void refuse_network(int fd, const std::string& name);
bool is_network(int fd);

}  // namespace inturn::region
