#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "measure/site.hpp"

namespace inturn::measure {

/// Whose a lock is, as the mechanism counts it: whose end, close or unlock ends it.
enum class owner : std::uint8_t { nobody, process, description };

/// What cannot be seen from the functions that a mechanism has.
struct nature {
  owner belongs_to = owner::nobody;
  /// False for those where both sides use one open file description, which is what owns the lock.
  bool excludes = true;
  /// Lies in the directory that is measured (else in memory, and says nothing about file systems).
  bool in_directory = true;
};

/// A way to lock. `place` is what is there before anybody locks (made once, before processes fork), `end` is
/// one process's handle on it. What else it can do it says by having the function (see `abilities`):
///   end.lock_shared(), end.unlock_shared()          readers together
///   end.convert()                                   shared to exclusive; on return the lock is exclusive
///   end.lock_byte(n), end.unlock_byte(n)            one byte of many
///   end.pair(), end.shared_pair(), end.byte_pair(n) lock and unlock as a program that keeps the lock in a
///                                                   scope, where that is another piece of code
///   end.descriptor()                                what dup, exec and descriptor passing are asked about
///   place.file()                                    the file or directory that is locked
template <class M>
concept mechanism_kind = requires(const site& where, typename M::place& place,
                                  typename M::end& end) {
  { M::name } -> std::convertible_to<std::string_view>;
  { M::what } -> std::convertible_to<std::string_view>;
  { M::is } -> std::convertible_to<nature>;
  requires std::constructible_from<typename M::place, const site&>;
  requires std::constructible_from<typename M::end, typename M::place&>;
  end.lock();
  end.unlock();
};

/// Which questions a mechanism can be asked.
struct abilities {
  bool share = false;
  bool convert = false;
  bool ranges = false;
  bool descriptor = false;
  bool file = false;
};

/// One process's handle on a lock, whatever the mechanism. Calls that it has no ability for throw.
class lock_end {
 public:
  lock_end() = default;
  lock_end(const lock_end&) = delete;
  lock_end& operator=(const lock_end&) = delete;
  virtual ~lock_end() = default;

  virtual void lock() = 0;
  virtual void unlock() = 0;
  virtual void lock_shared() = 0;
  virtual void unlock_shared() = 0;
  virtual void convert() = 0;
  virtual void lock_byte(std::uint64_t byte) = 0;
  virtual void unlock_byte(std::uint64_t byte) = 0;
  virtual int descriptor() = 0;

  // Loops with nothing but the mechanism's own code in them: what is timed.
  virtual void pairs(std::uint64_t many) = 0;
  virtual void shared_pairs(std::uint64_t many) = 0;
  virtual void byte_pairs(std::uint64_t byte, std::uint64_t many) = 0;
};

class lock_place {
 public:
  lock_place() = default;
  lock_place(const lock_place&) = delete;
  lock_place& operator=(const lock_place&) = delete;
  virtual ~lock_place() = default;

  /// In the process that will use it.
  virtual std::unique_ptr<lock_end> open() = 0;
  /// Empty: it is no file.
  virtual std::string file() const = 0;
};

struct mechanism {
  std::string_view name;
  std::string_view what;  // one line for people
  nature is;
  abilities can;
  /// Throws std::system_error where the machine or the directory does not have it.
  std::unique_ptr<lock_place> (*make)(const site& where);
};

}  // namespace inturn::measure
