#pragma once

#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "support/until.hpp"

namespace inturn::test {

/// In a child: what gtest's assertions are to the test. Not true: the child ends with
/// `child_failed`, having said where.
void require(bool so, const char* file = __builtin_FILE(), int line = __builtin_LINE());
inline constexpr int child_failed = 99;

/// fork() as `child` does it, for children that start children of their own: the pid.
pid_t fork_body(const std::function<int()>& body);

/// A process that the test has started. Killed, if it is still there, and reaped by the destructor;
/// dies with the test in any case.
class child {
 public:
  child() = default;
  /// Forks. The body's result (nothing: 0) is the exit status; an exception is printed and gives
  /// child_failed. Nothing of the test's own is destroyed in the child: it ends by _exit.
  template <std::invocable Body>
  explicit child(Body&& body) : pid_(fork_body(as_status(body))) {}
  /// A process made by other means, of which the test is the parent or the subreaper.
  static child of(pid_t pid);
  child(child&& other) noexcept;
  child& operator=(child&& other) noexcept;
  ~child();

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  /// SIGSTOP; returns when it has stopped.
  void stop() const;
  void resume() const;
  /// SIGKILL; returns when it is gone.
  void kill();

  /// Waits for its end: its exit status, or 128 + signal; -1 if it does not end within the bound.
  int wait(std::chrono::nanoseconds at_most = bound);
  /// Has not ended yet. Does not reap.
  bool runs() const;

 private:
  template <class Body>
  static std::function<int()> as_status(Body& body) {
    if constexpr (std::is_void_v<std::invoke_result_t<Body&>>)
      return [&body] { return body(), 0; };
    else
      return [&body]() -> int { return body(); };
  }

  pid_t pid_ = -1;
};

/// An errno value that the call throws as std::system_error; 0 if it throws nothing.
int error_of(const std::function<void()>& call);
/// what() of the exception that it throws.
std::string message_of(const std::function<void()>& call);

}  // namespace inturn::test
