#pragma once

#include <thread>

#include "base/fd.hpp"
#include "cli/program.hpp"
#include "support/pass_fd.hpp"

namespace inturn::test {

/// NFSv4 as flock(2) sees it: an exclusive lock is refused through a descriptor that is not open for
/// reading and writing. One program is run on it.
class fake_nfs {
 public:
  /// error: what it is refused with.
  explicit fake_nfs(int error);
  ~fake_nfs();
  fake_nfs(const fake_nfs&) = delete;
  fake_nfs& operator=(const fake_nfs&) = delete;

  /// False: the kernel does not let us.
  static bool can_be_had();

  outcome run(const words& command, const setting& how = {});
  int refused() const { return refused_; }

 private:
  void serve(int listener);

  const int error_;
  int refused_ = 0;
  socket_pair sockets_;
  std::thread server_;
};

}  // namespace inturn::test
