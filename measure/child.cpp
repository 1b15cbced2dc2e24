#include "measure/child.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

#include "base/clock.hpp"
#include "measure/interruption.hpp"
#include "measure/pause.hpp"

namespace inturn::measure {

using std::chrono::microseconds;

child::child(const std::function<void()>& body) {
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a process");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(child_failed);
  forget_interruption();
  try {
    body();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "inturn: measure: %s\n", e.what());
    ::_exit(child_failed);
  }
  ::_exit(0);
}

void child::strike() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

void child::kill() {
  if (pid_ <= 0) return;
  strike();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
}

bool child::runs() const {
  siginfo_t state{};
  return pid_ > 0 &&
         ::waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         state.si_pid == 0;
}

void child::finish(std::chrono::nanoseconds at_most) {
  if (!until([this] { return !runs(); }, at_most))
    throw std::runtime_error("a process does not end");
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("a process has failed, status " + std::to_string(status));
}

bool until(const std::function<bool()>& holds, std::chrono::nanoseconds at_most) {
  const std::uint64_t end = base::monotonic_ns() + static_cast<std::uint64_t>(at_most.count());
  for (microseconds nap(20); !holds(); nap = std::min(nap * 2, microseconds(1000))) {
    stop_if_interrupted();
    if (base::monotonic_ns() >= end) return false;
    pause_for(nap);
  }
  return true;
}

void must_come(const std::function<bool()>& holds, const char* what) {
  if (!until(holds, patience)) throw std::runtime_error(std::string("it does not come: ") + what);
}

}  // namespace inturn::measure
