#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <new>
#include <string>
#include <vector>

namespace demo {

using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

/// A child process; killed and reaped by the destructor if it is still there.
class child {
 public:
  /// Runs the function in a forked child, which then exits.
  explicit child(const std::function<void()>& work);
  /// Runs a command.
  explicit child(const std::vector<std::string>& command);
  child(child&& other) noexcept;
  child& operator=(child&&) = delete;
  ~child();

  void kill();
  /// Waits for the end, but not longer than that. False: it still runs.
  bool wait(seconds at_most);
  /// Waits until it is blocked in flock(2) or a futex. Throws after ten seconds.
  void wait_until_blocked() const;

 private:
  pid_t pid_ = -1;
};

void* map_shared(std::size_t size);

/// Memory that this process and its children share; for as long as the program runs.
template <class T>
T& make_shared_between_processes() {
  return *new (map_shared(sizeof(T))) T;
}

/// Asks again and again, shortly apart. False: not within that time.
bool wait_for(const std::function<bool()>& state, seconds at_most);

}  // namespace demo
