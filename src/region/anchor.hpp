#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/fd.hpp"

namespace inturn::region {

/// A file whose bytes are locked as proofs of life (docs/liveness.md), held by one descriptor of ours, which
/// the program may close behind our back. Thread-safe once made. Closing it drops no claim (claim.hpp).
class anchor {
 public:
  /// name: for messages, and to open the file again. what: what the file should be ("region"), for messages.
  /// EILSEQ: not a regular file. EREMOTE: on a network file system.
  anchor(base::unique_fd fd, std::string name, const std::string& what);
  anchor(anchor&&) noexcept = default;
  anchor& operator=(anchor&& other) noexcept;
  ~anchor();

  int fd() const noexcept { return fd_.get(); }
  /// For messages: the path, or "memfd:inturn".
  const std::string& name() const noexcept { return name_; }
  /// When it was opened.
  std::uint64_t size() const noexcept { return size_; }

  /// True only if the claim on that byte was free at some time after the call: whoever had it before that
  /// has ended. Throws EBADF when the program has closed our descriptor and none can be had.
  bool certainly_dead(std::uint64_t byte) const;

  /// A new open file description of the file, whatever has become of fd(). Throws EBADF as above.
  base::unique_fd describe_anew() const;

  /// Whether a descriptor is one of this file.
  bool is_this_file(int fd) const noexcept;

 private:
  base::unique_fd fd_;
  std::string name_;
  std::string what_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::uint64_t size_ = 0;
};

/// Throws EREMOTE for a file on a file system that other machines may share.
void refuse_network(int fd, const std::string& name);
bool is_network(int fd);

}  // namespace inturn::region
