#pragma once

#include <chrono>
#include <memory>

#include "inturn/lock.hpp"

/// The standard library's lock types over a lock_file: std::unique_lock, std::shared_lock, std::scoped_lock
/// and std::lock work with these. Between processes; each process makes its own over the same region.
namespace inturn {

namespace lock {
class hold_keeper;
}

/// A TimedLockable for one range. Errors and order as lock_file::lock. Not recursive: EDEADLK.
/// Thread-safe. The lock_file must outlive it.
class INTURN_API mutex {
 public:
  explicit mutex(lock_file& file, inturn::range where = {});
  ~mutex();
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  void lock();
  bool try_lock();
  /// EPERM: not locked through this object.
  void unlock();
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& time) {
    return try_lock_until(std::chrono::steady_clock::now() + time);
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& time);

 private:
  bool lock_until(std::chrono::steady_clock::time_point);
  lock_file& file_;
  const inturn::range range_;
  std::unique_ptr<lock::hold_keeper> kept_;
};

/// A SharedTimedLockable for one range; as mutex otherwise. Any number of threads may share it.
class INTURN_API shared_mutex {
 public:
  explicit shared_mutex(lock_file& file, inturn::range where = {});
  ~shared_mutex();
  shared_mutex(const shared_mutex&) = delete;
  shared_mutex& operator=(const shared_mutex&) = delete;

  void lock();
  bool try_lock();
  void unlock();
  void lock_shared();
  bool try_lock_shared();
  void unlock_shared();
  template <class Rep, class Period>
  bool try_lock_for(const std::chrono::duration<Rep, Period>& time) {
    return try_lock_until(std::chrono::steady_clock::now() + time);
  }
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& time) {
    return try_lock_shared_until(std::chrono::steady_clock::now() + time);
  }
  template <class Clock, class Duration>
  bool try_lock_until(const std::chrono::time_point<Clock, Duration>& time);
  template <class Clock, class Duration>
  bool try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& time);

 private:
  bool lock_until(inturn::mode, std::chrono::steady_clock::time_point);
  lock_file& file_;
  const inturn::range range_;
  std::unique_ptr<lock::hold_keeper> kept_;
};

namespace detail {
/// The same moment on the steady clock. A clock that people set is read once, now.
template <class Clock, class Duration>
std::chrono::steady_clock::time_point on_steady_clock(
    const std::chrono::time_point<Clock, Duration>& time) {
  using steady = std::chrono::steady_clock;
  if constexpr (std::is_same_v<Clock, steady>)
    return std::chrono::time_point_cast<steady::duration>(time);
  else
    return steady::now() + std::chrono::duration_cast<steady::duration>(time - Clock::now());
}
}  // namespace detail

template <class Clock, class Duration>
bool mutex::try_lock_until(const std::chrono::time_point<Clock, Duration>& time) {
  return lock_until(detail::on_steady_clock(time));
}
template <class Clock, class Duration>
bool shared_mutex::try_lock_until(const std::chrono::time_point<Clock, Duration>& time) {
  return lock_until(inturn::mode::exclusive, detail::on_steady_clock(time));
}
template <class Clock, class Duration>
bool shared_mutex::try_lock_shared_until(const std::chrono::time_point<Clock, Duration>& time) {
  return lock_until(inturn::mode::shared, detail::on_steady_clock(time));
}

}  // namespace inturn
