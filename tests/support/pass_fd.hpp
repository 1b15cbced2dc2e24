#pragma once

#include "base/fd.hpp"

namespace inturn::test {

struct socket_pair {
  base::unique_fd ours;
  base::unique_fd theirs;
};
socket_pair make_socket_pair();

/// A descriptor over a Unix socket, as strangers pass them (SCM_RIGHTS). Blocking.
void send_fd(int socket, int fd);
base::unique_fd receive_fd(int socket);

}  // namespace inturn::test
