#pragma once

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "support/child.hpp"
#include "support/proc.hpp"

namespace inturn::test {

/// A process that goes, step by step, through the part of its body between two marks.
/// The thread that makes it has to do all that follows, too.
class stepped {
 public:
  /// In the body: here the part begins, or ends.
  static void mark() { ::raise(SIGSTOP); }

  explicit stepped(std::function<void()> body)
      : it_([run = std::move(body)] {
          require(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0);
          run();
        }) {
    require(stops_with(SIGSTOP));
    ::ptrace(PTRACE_SETOPTIONS, it_.pid(), nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  }

  /// Goes on by so many instructions; a system call counts as one. False: the part is over before that.
  bool go(std::uint64_t instructions) {
    for (; instructions > 0; --instructions)
      if (!advance(PTRACE_SINGLESTEP, SIGTRAP)) return false;
    return true;
  }
  /// Goes on to the beginning or the end of a system call, so many times.
  bool go_calls(std::uint64_t ends) {
    for (; ends > 0; --ends)
      if (!advance(PTRACE_SYSCALL, SIGTRAP | 0x80)) return false;
    return true;
  }

  /// Lets it run freely from here to its end, and says what that was.
  int let_go() {
    ::ptrace(PTRACE_DETACH, it_.pid(), nullptr, nullptr);
    eventually([this] {
      if (state_of_process(it_.pid()) == 'T') it_.resume();  // at its second mark
      return !it_.runs();
    });
    return it_.wait();
  }
  void kill() { it_.kill(); }

 private:
  bool advance(__ptrace_request how, int expected) {
    ::ptrace(how, it_.pid(), nullptr, nullptr);
    return stops_with(expected);
  }
  bool stops_with(int signal) {
    int status = 0;
    return ::waitpid(it_.pid(), &status, 0) == it_.pid() && WIFSTOPPED(status) &&
           WSTOPSIG(status) == signal;
  }

  child it_;
};

}  // namespace inturn::test
