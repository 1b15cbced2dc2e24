#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>

#include "preload/own.hpp"
#include "preload/side.hpp"

namespace inturn::preload {

/// A file that this process has locked, or its ancestors; of which we know by device and inode, never by
/// descriptor. In a table of fixed size, from which those go that were not used for the longest time.
struct file {
  enum class state : std::uint32_t { vacant, changing, ready };

  std::atomic<file::state> now;
  std::atomic<std::uint32_t> pins;  // calls that are using it: it stays
  std::atomic<std::uint64_t> device, inode;
  std::atomic<std::uint64_t> last_use;
  std::atomic<std::uint32_t> uses;
  std::atomic<std::uint64_t>
      look_again_ns;           // monotonic: no side region was there; when to look again
  std::atomic<bool> has_side;  // `side` can be read
  side_region side;

  own_file& mine();
};

/// While one of these lives, its file stays in the table. Empty: no room.
class pinned {
 public:
  pinned() = default;
  /// Entered in the table if it is not there.
  explicit pinned(const struct stat& looked_at);
  /// Empty if it is not in the table.
  static pinned if_known(const struct stat& looked_at);
  pinned(pinned&& other) noexcept : it_(other.it_) { other.it_ = nullptr; }
  pinned& operator=(pinned&& other) noexcept {
    file* const mine = it_;
    it_ = other.it_;
    other.it_ = mine;
    return *this;
  }
  ~pinned() {
    if (it_ != nullptr) it_->pins.fetch_sub(1);
  }

  explicit operator bool() const { return it_ != nullptr; }
  file* operator->() const { return it_; }
  file& operator*() const { return *it_; }
  /// One more pin, of its own.
  pinned share() const {
    pinned other;
    other.it_ = it_;
    it_->pins.fetch_add(1);
    return other;
  }
  /// The caller unpins it by itself, in a way that cancellation does not skip.
  file& release() {
    file* const mine = it_;
    it_ = nullptr;
    return *mine;
  }

 private:
  file* it_ = nullptr;
};

/// Makes sure that the side region is open. False: it is not to be had, or (making::no) not there.
bool have_side(file& which, int fd, const struct stat& looked_at, making how);

/// Whether somebody has a place in any of the side regions that are open: if not, there is nobody to tell
/// of an unlock.
bool anybody_anywhere();

}  // namespace inturn::preload
