#pragma once

namespace inturn::preload {

// What INTURN_LOG asks for: a line for each request that was not, or may not have been, served in its
// turn, "inturn: PID: FILE: why".

void say(int fd, const char* why);

/// With an errno value that says more.
void say(int fd, const char* why, int error);

}  // namespace inturn::preload
