#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <utility>

namespace inturn::measure {

/// The exit status of a child whose body threw.
inline constexpr int child_failed = 99;

/// A process that the laboratory has started: runs the body and ends. Killed and reaped by the destructor;
/// dies with the laboratory in any case.
class child {
 public:
  child() = default;
  explicit child(const std::function<void()>& body);
  child(child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  child& operator=(child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~child() { kill(); }

  pid_t pid() const { return pid_; }
  /// SIGKILL; returns when it is gone.
  void kill();
  /// SIGKILL alone.
  void strike() const;
  /// Has not ended. Does not reap.
  bool runs() const;
  /// Waits for its end. Throws when it failed, and when it has not ended by then.
  void finish(std::chrono::nanoseconds at_most);

 private:
  pid_t pid_ = -1;
};

/// What every wait in the laboratory has: a bound, far longer than it takes. Reaching it is an error.
inline constexpr std::chrono::seconds patience{20};

/// Waits until the predicate holds. False: it did not by then.
bool until(const std::function<bool()>& holds, std::chrono::nanoseconds at_most);

/// As until; an error with that text if it does not.
void must_come(const std::function<bool()>& holds, const char* what);

}  // namespace inturn::measure
