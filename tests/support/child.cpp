#include "support/child.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace inturn::test {

void require(bool so, const char* file, int line) {
  if (so) return;
  std::fprintf(stderr, "%s:%d: not so (process %d)\n", file, line, ::getpid());
  ::_exit(child_failed);
}

pid_t fork_body(const std::function<int()>& body) {
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid > 0) return pid;
  // A test that is killed leaves no children behind. (The parent may have ended before this.)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(child_failed);
  int status = child_failed;
  try {
    status = body();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "process %d: %s\n", ::getpid(), e.what());
  }
  ::_exit(status);
}

child child::of(pid_t pid) {
  child c;
  c.pid_ = pid;
  return c;
}

child::child(child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
child& child::operator=(child&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}
child::~child() {
  if (pid_ > 0) kill();
}

void child::send(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

void child::stop() const {
  send(SIGSTOP);
  siginfo_t ignored;
  ::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WSTOPPED | WEXITED | WNOWAIT);
}

void child::resume() const { send(SIGCONT); }

void child::kill() {
  send(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int child::wait(std::chrono::nanoseconds at_most) {
  int status = 0;
  pid_t ended = 0;
  if (!eventually([&] { return (ended = ::waitpid(pid_, &status, WNOHANG)) != 0; }, at_most))
    return -1;
  if (ended != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool child::runs() const {
  siginfo_t info{};
  return pid_ > 0 &&
         ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == 0;
}

int error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::system_error& e) {
    return e.code().value();
  }
  return 0;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}

}  // namespace inturn::test
