#include "cli/fake_nfs.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <string>

namespace inturn::test {
namespace {

/// From now on, every flock(2) of this process and its children is put before whoever has the result.
int ask_before_flock() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof code / sizeof *code, code};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

int access_of(unsigned pid, int fd) {
  std::ifstream info("/proc/" + std::to_string(pid) + "/fdinfo/" + std::to_string(fd));
  for (std::string word; info >> word;)
    if (word == "flags:" && info >> word)
      return static_cast<int>(std::strtol(word.c_str(), nullptr, 8)) & O_ACCMODE;
  return -1;
}

}  // namespace

fake_nfs::fake_nfs(int error) : error_(error), sockets_(make_socket_pair()) {}

fake_nfs::~fake_nfs() {
  if (server_.joinable()) server_.join();
}

bool fake_nfs::can_be_had() {
  child tried([] { return ask_before_flock() >= 0 ? 0 : 1; });
  return tried.wait() == 0;
}

outcome fake_nfs::run(const words& command, const setting& how) {
  setting here = how;
  here.before_exec = [&] {
    {
      const base::unique_fd listener(ask_before_flock());
      require(static_cast<bool>(listener));
      send_fd(sockets_.theirs.get(), listener.get());
      sockets_.ours.reset();
      sockets_.theirs.reset();
    }
    how.before_exec();
  };
  program started(command, here);
  server_ = std::thread([this] {
    const base::unique_fd listener = receive_fd(sockets_.ours.get());
    serve(listener.get());
  });
  started.end_input();
  outcome ended = started.wait();
  server_.join();
  return ended;
}

void fake_nfs::serve(int listener) {
  for (;;) {
    pollfd ready{listener, POLLIN, 0};
    if (::poll(&ready, 1, -1) < 0 || (ready.revents & POLLIN) == 0) return;  // all have ended
    seccomp_notif asked{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) continue;
    const auto operation = static_cast<int>(asked.data.args[1]);
    const bool writes = access_of(asked.pid, static_cast<int>(asked.data.args[0])) == O_RDWR;
    seccomp_notif_resp answer{};
    answer.id = asked.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if ((operation & LOCK_SH) == 0 && !writes) {
      answer.flags = 0;
      answer.error = -error_;
      ++refused_;
    }
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

}  // namespace inturn::test
