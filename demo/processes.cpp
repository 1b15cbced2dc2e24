#include "processes.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace demo {
namespace {

using namespace std::chrono_literals;

pid_t fork_child(const std::function<void()>& work) {
  const pid_t parent = ::getpid();
  std::fflush(stdout);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG,
          SIGKILL);  // nothing is left running if the demonstration is interrupted
  if (::getppid() != parent) ::_exit(1);
  try {
    work();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "inturn-demo: %s\n", e.what());
    ::_exit(1);
  }
  ::_exit(0);
}

void run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  throw std::system_error(errno, std::generic_category(), command[0]);
}

}  // namespace

child::child(const std::function<void()>& work) : pid_(fork_child(work)) {}
child::child(const std::vector<std::string>& command) : pid_(fork_child([&] { run(command); })) {}
child::child(child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

child::~child() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void child::kill() { ::kill(pid_, SIGKILL); }

bool child::wait(seconds at_most) {
  const bool ended =
      wait_for([this] { return ::waitpid(pid_, nullptr, WNOHANG) == pid_; }, at_most);
  if (ended) pid_ = -1;
  return ended;
}

void child::wait_until_blocked() const {
  const std::string where = "/proc/" + std::to_string(pid_) + "/syscall";
  const auto blocked = [&] {
    long call = -1;
    std::ifstream(where) >> call;  // "running", or the number of the call it sleeps in
    return call == SYS_flock || call == SYS_futex;
  };
  // Twice, a moment apart: a futex may be slept on for an instant only.
  const auto settled = [&] {
    if (!blocked()) return false;
    std::this_thread::sleep_for(2ms);
    return blocked();
  };
  if (!wait_for(settled, 10s)) throw std::runtime_error("a process that should wait does not");
}

void* map_shared(std::size_t size) {
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "shared memory");
  return at;
}

bool wait_for(const std::function<bool()>& state, seconds at_most) {
  const auto end = clock::now() + at_most;
  while (!state()) {
    if (clock::now() > end) return false;
    std::this_thread::sleep_for(100us);
  }
  return true;
}

}  // namespace demo
