#include "cli/program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "support/temp_dir.hpp"

namespace inturn::test {
namespace {

std::string fresh_file() {
  static const temp_dir all;
  static std::atomic<int> next{0};
  return all / std::to_string(next++);
}

void redirect(int to, const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  require(fd >= 0 && ::dup2(fd, to) == to);
}

[[noreturn]] void execute(const words& command) {
  std::vector<char*> argv;
  for (const std::string& each : command) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  require(false);
  std::abort();
}

}  // namespace

void close_all_but_the_standard_three() { require(::close_range(STDERR_FILENO + 1, ~0U, 0) == 0); }

program::program(const words& command, const setting& how)
    : out_file_(fresh_file()), err_file_(fresh_file()) {
  int input[2];
  if (::pipe2(input, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  input_ = input[1];
  process_ = child([&]() -> int {
    require(::dup2(input[0], STDIN_FILENO) == STDIN_FILENO);
    redirect(STDOUT_FILENO, out_file_);
    redirect(STDERR_FILENO, err_file_);
    for (const auto& [name, value] : how.environment) ::setenv(name.c_str(), value.c_str(), 1);
    how.before_exec();
    execute(command);
  });
  ::close(input[0]);
}

program::~program() { end_input(); }

void program::end_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::string program::out() const { return text_of(out_file_); }
std::string program::err() const { return text_of(err_file_); }

outcome program::wait() {
  siginfo_t info{};
  const bool ended = eventually([&] {
    return ::waitid(P_PID, static_cast<id_t>(pid()), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid();
  });
  outcome how;
  if (ended && info.si_code == CLD_EXITED) how.status = info.si_status;
  if (ended && info.si_code != CLD_EXITED) how.signal_number = info.si_status;
  process_.kill();
  how.out = out();
  how.err = err();
  return how;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

words inturn(const words& arguments) {
  words all{INTURN_COMMAND};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

outcome run_program(const words& command, const setting& how) {
  program started(command, how);
  started.end_input();
  return started.wait();
}

outcome run(const words& arguments, const setting& how) {
  return run_program(inturn(arguments), how);
}

}  // namespace inturn::test
