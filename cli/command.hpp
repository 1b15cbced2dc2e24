#pragma once

#include <functional>
#include <string>
#include <vector>

namespace inturn::cli {

/// What runs that text: $SHELL -c, or /bin/sh -c.
std::vector<std::string> shell_command(const std::string& text);

/// Becomes the command (execvp). Returns only if it cannot: the errno.
int try_to_become(const std::vector<std::string>& command);

/// Becomes the command, or complains and exits (69; 71 without memory).
[[noreturn]] void become(const std::vector<std::string>& command);

/// Starts a child that becomes the command (in_child does, or ends it), passes on to it the signals
/// that processes send to us, and waits for its end. Gives the exit status: its own, or 128 + the
/// signal that it died of. Throws std::system_error if there can be no child.
int run_command(const std::function<void()>& in_child);

}  // namespace inturn::cli
