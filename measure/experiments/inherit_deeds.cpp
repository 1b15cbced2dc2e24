#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "measure/experiments/inherit.hpp"
#include "measure/mechanisms/file.hpp"

namespace inturn::measure {
namespace {

/// Nobody waits longer for an answer than this: whatever happens to the laboratory, they end.
constexpr unsigned longest_life_s = 60;

[[noreturn]] void stay() {
  ::alarm(longest_life_s);
  for (;;) ::pause();
}

/// A message of one byte, with room for one descriptor.
struct message {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))] = {};
  msghdr head{};
  message() {
    head.msg_iov = &data;
    head.msg_iovlen = 1;
    head.msg_control = room;
    head.msg_controllen = sizeof room;
  }
};

}  // namespace

void fork_one_that_stays(actor& holder) {
  const pid_t pid = ::fork();
  must(pid >= 0, "fork");
  if (pid == 0) stay();
  holder.self.result = static_cast<std::uint64_t>(pid);
}

void fork_one_that_unlocks(actor& holder) {
  const pid_t pid = ::fork();
  must(pid >= 0, "fork");
  if (pid == 0) {
    try {
      holder.end.unlock();
    } catch (const std::exception&) {  // it was told that it may not
      ::_exit(1);
    }
    ::_exit(0);
  }
  while (::waitpid(pid, nullptr, 0) < 0) must(errno == EINTR, "waitpid");
}

void dup_and_close(actor& holder) {
  const base::unique_fd copy(::dup(holder.end.descriptor()));
  must(static_cast<bool>(copy), "dup");
}

void exec_another(actor& holder) {
  // A descriptor that is not inherited on purpose is closed by exec, and that would be another question.
  try {
    const int fd = holder.end.descriptor();
    must(::fcntl(fd, F_SETFD, ::fcntl(fd, F_GETFD) & ~FD_CLOEXEC) == 0, "fcntl");
  } catch (const std::logic_error&) {  // it has none
  }
  const std::string life = std::to_string(longest_life_s);
  ::execl("/bin/sleep", "sleep", life.c_str(), nullptr);
  must(false, "exec /bin/sleep");
}

void send_descriptor(actor& holder) {
  message m;
  cmsghdr* const item = CMSG_FIRSTHDR(&m.head);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(sizeof(int));
  const int fd = holder.end.descriptor();
  std::memcpy(CMSG_DATA(item), &fd, sizeof fd);
  must(::sendmsg(static_cast<int>(holder.self.argument.load()), &m.head, 0) == 1, "sendmsg");
}

void keep_what_comes(int socket) {
  message m;
  must(::recvmsg(socket, &m.head, 0) == 1, "recvmsg");
  const cmsghdr* const item = CMSG_FIRSTHDR(&m.head);
  must(item != nullptr && item->cmsg_type == SCM_RIGHTS, "no descriptor has come");
  must(::send(socket, &m.byte, 1, 0) == 1, "send");
  stay();
}

}  // namespace inturn::measure
