#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace inturn::cli {

/// Exit statuses of our own, as flock(1)'s: sysexits(3). A command's own status is passed through.
namespace status {
inline constexpr int ok = 0;
inline constexpr int conflict = 1;  // unless -E says otherwise
inline constexpr int usage = 64;
inline constexpr int cannot_lock = 65;  // flock alone: flock(1) has it so
inline constexpr int cannot_open = 66;
inline constexpr int unavailable =
    69;  // the lock cannot be taken here; the command cannot be executed
inline constexpr int system = 71;
inline constexpr int cannot_create = 73;
inline constexpr int of_signal = 128;  // + the signal that the command died of
}  // namespace status

/// Ends the program: a message for people, "FILE: what is wrong (what to do)", and the exit status.
class failure : public std::runtime_error {
 public:
  failure(int exit_status, const std::string& message)
      : std::runtime_error(message), status_(exit_status) {}
  int exit_status() const noexcept { return status_; }

 private:
  int status_;
};

/// "WHO: MESSAGE" on standard error, in one write: several of us may share it.
void complain(std::string_view message, std::string_view who = "inturn");

/// "FILE: what: the errno's text (remedy)".
std::string explain(std::string_view file, std::string_view what, int error,
                    std::string_view remedy);

}  // namespace inturn::cli
