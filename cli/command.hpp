#pragma once

#include <string>
#include <vector>

namespace inturn::cli {

/// Becomes the command (execvp); if that fails says why and ends the process.
[[noreturn]] void become(const std::vector<std::string>& command);

/// Starts the command, passes on to it the signals that processes send to us, and waits for its
/// end. Gives the exit status: its own, or 128 + the signal that it died of. Throws failure.
int run_command(const std::vector<std::string>& command);

}  // namespace inturn::cli
