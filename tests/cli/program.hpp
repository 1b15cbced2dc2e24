#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/child.hpp"

namespace inturn::test {

using words = std::vector<std::string>;

/// How a program ended, and what it wrote.
struct outcome {
  int status = -1;        // exit status; -1: killed by a signal, or still there after the bound
  int signal_number = 0;  // that it was killed by
  std::string out, err;
};

struct setting {
  std::map<std::string, std::string> environment;  // added
  std::function<void()> before_exec = [] {};       // in the child
};

/// For before_exec: what runs the tests may leave some open.
void close_all_but_the_standard_three();

/// A program that was started, with its standard output and error in files, and a standard input
/// that has no end until end_input(). Killed by the destructor.
class program {
 public:
  program() = default;
  explicit program(const words& command, const setting& how = {});
  program(program&& other) noexcept { swap(other); }
  program& operator=(program&& other) noexcept { return swap(other), *this; }
  ~program();

  pid_t pid() const { return process_.pid(); }
  bool runs() const { return process_.runs(); }
  void send(int signal_number) const { process_.send(signal_number); }
  void kill() { process_.kill(); }
  void end_input();
  outcome wait();
  std::string out() const;
  std::string err() const;

 private:
  void swap(program& other) noexcept {
    std::swap(input_, other.input_);
    std::swap(out_file_, other.out_file_);
    std::swap(err_file_, other.err_file_);
    std::swap(process_, other.process_);
  }

  int input_ = -1;
  std::string out_file_, err_file_;
  child process_;
};

/// What a file holds; nothing while it is not there.
std::string text_of(const std::string& file);

/// The inturn command with these arguments.
words inturn(const words& arguments);

/// `inturn ARGUMENTS`, from start to end.
outcome run(const words& arguments, const setting& how = {});

/// Another program, from start to end.
outcome run_program(const words& command, const setting& how = {});

}  // namespace inturn::test
