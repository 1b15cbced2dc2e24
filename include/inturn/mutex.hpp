#pragma once

#include <chrono>
#include <memory>
#include <type_traits>

#include "inturn/lock.hpp"

/// The standard library's lock types over a lock_file: std::unique_lock, std::shared_lock, std::scoped_lock
/// and std::lock work with these. Between processes; each process makes its own over the same region.
namespace inturn {

namespace lock {
class hold_keeper;
}

namespace detail {
/// What the clocks hold is some centuries in nanoseconds; sums with longer times would overflow. Reckoned
/// roughly first, a time further away than this is never, or always over.
using rough_time = std::chrono::duration<double>;
inline constexpr rough_time century = std::chrono::years(100);

/// That long from now, on the steady clock.
template <class Rep, class Period>
std::chrono::steady_clock::time_point from_now(const std::chrono::duration<Rep, Period>& time) {
  using steady = std::chrono::steady_clock;
  if (!(rough_time(time) > rough_time::zero())) return steady::time_point::min();
  if (rough_time(time) > century) return steady::time_point::max();
  return steady::now() + std::chrono::ceil<steady::duration>(time);
}

/// The same moment on the steady clock. A clock that people set is read once, now.
template <class Clock, class Duration>
std::chrono::steady_clock::time_point on_steady_clock(
    const std::chrono::time_point<Clock, Duration>& time) {
  using steady = std::chrono::steady_clock;
  const rough_time away =
      rough_time(time.time_since_epoch()) - rough_time(Clock::now().time_since_epoch());
  if (away < -century) return steady::time_point::min();
  if (away > century) return steady::time_point::max();
  if constexpr (std::is_same_v<Clock, steady>)
    return std::chrono::ceil<steady::duration>(time);
  else
    return from_now(time - Clock::now());
}
}  // namespace detail

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
    return lock_until(detail::from_now(time));
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
    return lock_until(inturn::mode::exclusive, detail::from_now(time));
  }
  template <class Rep, class Period>
  bool try_lock_shared_for(const std::chrono::duration<Rep, Period>& time) {
    return lock_until(inturn::mode::shared, detail::from_now(time));
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
