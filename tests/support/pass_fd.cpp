#include "support/pass_fd.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace inturn::test {
namespace {

struct message {
  char byte = 'f';
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
  message() {
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
  }
};

[[noreturn]] void broken(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

socket_pair make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) broken("socketpair");
  return {base::unique_fd(ends[0]), base::unique_fd(ends[1])};
}

void send_fd(int socket, int fd) {
  message m;
  cmsghdr* c = CMSG_FIRSTHDR(&m.header);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
  if (::sendmsg(socket, &m.header, 0) != 1) broken("sendmsg");
}

base::unique_fd receive_fd(int socket) {
  message m;
  if (::recvmsg(socket, &m.header, MSG_CMSG_CLOEXEC) != 1) broken("recvmsg");
  const cmsghdr* c = CMSG_FIRSTHDR(&m.header);
  if (c == nullptr || c->cmsg_type != SCM_RIGHTS) broken("recvmsg without a descriptor");
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
  return base::unique_fd(fd);
}

}  // namespace inturn::test
