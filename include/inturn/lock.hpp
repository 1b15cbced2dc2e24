#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "inturn/export.hpp"
#include "inturn/types.hpp"

/// Locks that several processes share, granted in the order in which they were asked for.
///
/// Errors are std::system_error; code() is the errno named at each function, what() begins with the
/// file's name. Every wait is on the monotonic clock. Signals do not end a wait.
namespace inturn {

namespace lock {
class participant;
struct owned_lane;
}  // namespace lock

/// A lock that was granted. Released by its destructor.
///
/// Owned by the process that took it: closing some descriptor does not drop it, a forked child does not
/// own it (there release() throws EINVAL and the destructor does nothing), exec and death end it.
/// It keeps its participant alive: it may outlive the lock_file that it came from.
/// One hold is used by one thread at a time.
class INTURN_API hold {
 public:
  hold() noexcept = default;
  hold(hold&& other) noexcept;
  hold& operator=(hold&& other) noexcept;
  hold(const hold&) = delete;
  hold& operator=(const hold&) = delete;
  ~hold();

  /// Releases at once, and wakes those whose turn has come. Never waits. Nothing to do when empty.
  /// EINVAL in a forked child: the hold is the parent's.
  void release();

  /// hold() and a released one are empty.
  explicit operator bool() const noexcept { return owner_ != nullptr; }

  /// Says that another thread (or agent) may release this hold: from then on nobody gets EDEADLK on its
  /// account.
  void detach() noexcept;

  inturn::mode mode() const noexcept { return mode_; }
  inturn::range range() const noexcept { return range_; }

  /// The place in the order: of two grants that conflict, the later one has the larger ticket. A fencing
  /// token: a store that remembers the largest ticket it has seen can refuse a writer that lost its lock.
  /// Grows across re-creation of the region too, within one boot of the machine.
  std::uint64_t ticket() const noexcept { return ticket_; }

  /// True when an exclusive holder of an overlapping range died holding it, and nobody has been told yet:
  /// what the lock protects may be half-written. As EOWNERDEAD of robust mutexes, told once.
  bool previous_owner_died() const noexcept { return previous_owner_died_; }

 private:
  friend class lock::participant;

  std::shared_ptr<lock::participant> owner_;
  lock::owned_lane* lane_ = nullptr;
  std::uint64_t ticket_ = 0;
  inturn::range range_{};
  std::uint32_t index_ = 0;
  inturn::mode mode_ = inturn::mode::exclusive;
  bool previous_owner_died_ = false;
};

/// One participant in a region: the shared memory, in a file or a memfd, that is the lock.
///
/// Thread-safe: any number of threads may lock through one lock_file at a time. Movable; a moved-from
/// lock_file may only be destroyed or assigned to. In a forked child every call on an inherited one
/// throws EINVAL and the destructor only frees the child's own memory: open a new one there.
///
/// All waits: first asked, first served; see docs/promises.md for the exceptions.
/// EDEADLK: the calling agent would wait, directly or through others of this region, for what it holds
///          itself. The request leaves no trace.
/// ENOLCK:  the region has no room for another participant or request (docs/limits.md).
/// ENOTSUP: mode::update.
/// EINVAL:  an inherited handle in a forked child, or a range beyond 2^64 - 1.
/// EBADF:   the program has closed fd() behind the library's back (closefrom and the like), the region
///          cannot be opened again by name, and a wait cannot go on without it.
class INTURN_API lock_file {
 public:
  /// Opens the region at that path; makes it if nothing is there (its directory must exist).
  /// A region is ready from the moment at which it has a name: a crash never leaves half of one.
  /// EILSEQ: the file is no region (foreign, empty, damaged or cut short) and is left as it is.
  /// EPROTO: a region of another version of inturn.
  /// EREMOTE: on a network file system, where memory is not shared between machines.
  /// ENOLCK: no room for another participant. ENOSPC: disk full. Else what open(2) and mmap(2) say.
  explicit lock_file(const std::filesystem::path& path, options = {});

  /// A new region in a memfd, sealed against growing, shrinking and further sealing. fd() is to be passed on.
  static lock_file memfd(options = {});

  /// A region received as a descriptor (SCM_RIGHTS, inheritance). It is opened afresh: the descriptor
  /// stays the caller's and may be closed at once. Needs /proc.
  /// EPERM: a region without a name that is not sealed against shrinking. Else as for a path.
  static lock_file adopt(int fd, options = {});

  lock_file(lock_file&&) noexcept;
  lock_file& operator=(lock_file&&) noexcept;
  ~lock_file();

  /// Waits for its turn, however long that takes.
  hold lock(mode = mode::exclusive, range = {});

  /// Never waits. Empty when a live process holds, or waits for, a conflicting lock; dead ones that it
  /// meets are cleared away. Asking for what the caller itself holds is empty too, not EDEADLK.
  std::optional<hold> try_lock(mode = mode::exclusive, range = {});

  /// Waits until the lock is granted or the time is over (0 and less: as try_lock).
  std::optional<hold> try_lock_for(std::chrono::nanoseconds, mode = mode::exclusive, range = {});
  std::optional<hold> try_lock_until(std::chrono::steady_clock::time_point, mode = mode::exclusive,
                                     range = {});

  /// The region's descriptor (close-on-exec), to pass to another process, which adopt()s it. Stays the
  /// lock_file's: do not close it, nor take kernel locks through it.
  int fd() const noexcept;

 private:
  explicit lock_file(std::shared_ptr<lock::participant>) noexcept;
  std::shared_ptr<lock::participant> self_;
};

}  // namespace inturn
