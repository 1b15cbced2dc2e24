#include "cli/command.hpp"

#include <paths.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "cli/failure.hpp"

namespace inturn::cli {
namespace {

constexpr int forwarded[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

sigset_t awaited_signals() {
  sigset_t all;
  sigemptyset(&all);
  for (int each : forwarded) sigaddset(&all, each);
  sigaddset(&all, SIGCHLD);
  return all;
}

/// What we change of our signals while the command runs, and the command must not see.
/// Blocked before the fork: a signal that comes before we wait for it stays pending.
class awaiting {
 public:
  awaiting() : signals_(awaited_signals()) {
    ::sigprocmask(SIG_BLOCK, &signals_, &old_mask_);
    // Ignored by who started us, it would take the command's exit status away.
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &standard, &old_child_action_);
  }
  void undo() const {
    ::sigaction(SIGCHLD, &old_child_action_, nullptr);
    ::sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  }
  siginfo_t next() const {
    siginfo_t info{};
    while (::sigwaitinfo(&signals_, &info) < 0) {
    }
    return info;
  }

 private:
  sigset_t signals_;
  sigset_t old_mask_{};
  struct sigaction old_child_action_ {};
};

/// The terminal has interrupted us both, and the command died of it: die likewise, so that a
/// calling shell knows that its loop or script is meant too. (To it, the status reads 128 + signal
/// as ever.)
void die_of(int signal_number) {
  std::fflush(stdout);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal_number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal_number);
  ::raise(signal_number);
  ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
}

int status_of(int ended, int from_terminal) {
  if (WIFEXITED(ended)) return WEXITSTATUS(ended);
  const int signal_number = WTERMSIG(ended);
  if (signal_number == from_terminal) die_of(signal_number);
  return status::of_signal + signal_number;
}

int attend(pid_t command, const awaiting& signals) {
  int from_terminal = 0;
  for (;;) {
    const siginfo_t info = signals.next();
    int ended = 0;
    if (info.si_signo == SIGCHLD) {
      if (::waitpid(command, &ended, WNOHANG) == command) return status_of(ended, from_terminal);
    } else if (info.si_code <= 0) {  // sent by a process
      ::kill(command, info.si_signo);
    } else {  // by the terminal, to its whole foreground process group: the command has it already
      from_terminal = info.si_signo;
    }
  }
}

}  // namespace

std::vector<std::string> shell_command(const std::string& text) {
  const char* shell = std::getenv("SHELL");
  return {shell != nullptr && *shell != '\0' ? shell : _PATH_BSHELL, "-c", text};
}

int try_to_become(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& each : command) words.push_back(const_cast<char*>(each.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  return errno;
}

void become(const std::vector<std::string>& command) {
  const int error = try_to_become(command);
  complain(explain(command[0], "cannot execute it", error, "name a program that can be executed"));
  ::_exit(error == ENOMEM ? status::system : status::unavailable);
}

int run_command(const std::function<void()>& in_child) {
  const awaiting signals;
  const pid_t child = ::fork();
  if (child < 0) {
    const int error = errno;
    signals.undo();
    throw std::system_error(error, std::generic_category());
  }
  if (child == 0) {
    signals.undo();
    in_child();
    ::_exit(status::system);
  }
  return attend(child, signals);
}

}  // namespace inturn::cli
