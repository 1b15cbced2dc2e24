#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "inturn/export.hpp"

/// Strict alternation between processes: exactly one of up to 32 members has the turn, and hands it on, with
/// some bytes if it likes. What a lock cannot do: however fast one is, it does not come again before the
/// others have had their turns.
///
/// Errors are std::system_error; code() is the errno named at each function, what() begins with the file's
/// name. Every wait is on the monotonic clock. Signals do not end a wait.
namespace inturn {

namespace relay {
class member;
}

/// The turn, while one has it. Handed on by its destructor, to the next in the circle.
///
/// Owned by the process that took it, as a hold: a forked child does not own it (there handing it on throws
/// EINVAL and the destructor does nothing), exec and death end it, and then it goes to the next member.
/// It keeps its membership alive: it may outlive the baton that it came from.
class INTURN_API turn {
 public:
  turn() noexcept = default;
  turn(turn&& other) noexcept;
  turn& operator=(turn&& other) noexcept;
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn();

  /// Hands it to the next member in the circle of places; to oneself, if there is no other. Never waits.
  /// The bytes are what the next one finds in bytes(); without any, it finds none.
  /// EMSGSIZE: more bytes than capacity(); the turn is kept.
  /// EPERM:    the turn was taken away, by somebody who wrote into the baton's memory.
  /// EINVAL:   in a forked child.
  void hand_on(std::span<const std::byte> bytes = {});

  /// Hands it to the member of that place, who is the next then. Errors as above, and
  /// ESRCH: there is no such member; the turn is kept.
  void hand_to(unsigned place, std::span<const std::byte> bytes = {});

  /// turn() and one that was handed on are empty.
  explicit operator bool() const noexcept { return owner_ != nullptr; }

  /// The how manieth turn of this baton it is. Grows from turn to turn, by one unless somebody dies.
  std::uint64_t number() const noexcept { return number_; }

  /// True when somebody who had the turn died with it, and nobody has been told yet: what goes with it may
  /// be half-done. Told once.
  bool previous_owner_died() const noexcept { return previous_owner_died_; }

  /// What was handed on with the turn. It lies in the memory that the members share, and is overwritten when
  /// the turn is handed on: copy what is to be kept, and, if a member is not trusted, before it is looked at.
  /// Nothing when the previous owner died.
  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  friend class relay::member;
  std::shared_ptr<relay::member> owner_;
  std::uint64_t number_ = 0;
  std::span<const std::byte> bytes_;
  bool previous_owner_died_ = false;
};

struct baton_options {
  /// Permissions of a file that is made; the umask applies, as with open(2).
  std::filesystem::perms mode = std::filesystem::perms(0660);
  /// How many bytes can be handed on with the turn, of a baton that is made; rounded up to a multiple of 32.
  /// One that is there already has its own.
  std::size_t capacity = 0;
  /// The place to have in the circle, from 0; without: the first that is free.
  std::optional<unsigned> place = {};
};

/// One member, from the constructor to the destructor. The turn goes round by place: who is a member and does
/// not come for its turn holds the others up, and so does one that is stopped; one that has died does not.
///
/// The first who joins has the first turn; wait_for_members() tells when the others are there.
///
/// One baton is used by one thread at a time; several batons of one process are several members. Movable;
/// a moved-from baton may only be destroyed or assigned to. In a forked child every call on an inherited
/// one throws EINVAL, and the destructor only frees the child's own memory: open a new one there.
class INTURN_API baton {
 public:
  /// Opens the baton at that path; makes it if nothing is there (its directory must exist). Joins.
  /// EILSEQ:  the file is no baton, and is left as it is. EPROTO: a baton of another version of inturn.
  /// EREMOTE: on a network file system, where memory is not shared between machines.
  /// ENOLCK:  32 members are there. EBUSY: the wanted place is another member's.
  /// EINVAL:  a place beyond 31, or a capacity beyond 2^30. Else what open(2) and mmap(2) say.
  explicit baton(const std::filesystem::path& path, const baton_options& = {});

  /// A new one in a memfd, sealed against growing, shrinking and further sealing. fd() is to be passed on.
  static baton memfd(const baton_options& = {});

  /// One received as a descriptor (SCM_RIGHTS, inheritance). It is opened afresh: the descriptor stays the
  /// caller's and may be closed at once. Needs /proc.
  /// EPERM: one without a name that is not sealed against shrinking. Else as for a path.
  static baton adopt(int fd, const baton_options& = {});

  baton(baton&&) noexcept;
  baton& operator=(baton&&) noexcept;
  /// Leaves; a turn that has been handed to it goes to the next.
  ~baton();

  /// Waits for its turn, however long that takes.
  /// EDEADLK: it has the turn already.
  /// EBADF:   the program has closed fd() behind the library's back (closefrom and the like), it cannot be
  ///          opened again by name, and the wait cannot go on without it.
  turn wait();

  /// Takes the turn if it is its own now, or if those who were to have it are dead. Never waits.
  std::optional<turn> try_wait();

  /// Waits until it is its turn or the time is over (0 and less: as try_wait). The turn that it was waiting
  /// for will still come to it.
  std::optional<turn> wait_for(std::chrono::nanoseconds);
  std::optional<turn> wait_until(std::chrono::steady_clock::time_point);

  /// Waits until so many members are there, itself included, or the time is over. Dead ones do not count.
  bool wait_for_members(std::size_t count,
                        std::chrono::nanoseconds time = std::chrono::nanoseconds::max());

  /// The places of the members that live, in order.
  std::vector<unsigned> members() const;

  unsigned place() const noexcept;
  std::size_t capacity() const noexcept;

  /// The file's descriptor (close-on-exec), to pass to another process, which adopt()s it. Stays the
  /// baton's: do not close it, nor take kernel locks through it.
  int fd() const noexcept;

 private:
  explicit baton(std::shared_ptr<relay::member>) noexcept;
  std::shared_ptr<relay::member> self_;
};

}  // namespace inturn
