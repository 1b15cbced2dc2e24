#include "cli/take_in_time.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include "cli/parse.hpp"
#include "cli/ticking.hpp"

namespace inturn::cli {

kernel::taken take_in_time(int fd, const lock_wish& wish, std::uint64_t began,
                           const lock::progress* tell) {
  using how = kernel::how_to_wait::how;
  kernel::how_to_wait wait;
  wait.tell = tell;
  std::optional<ticking> ticks;
  if (wish.timeout_ns == 0) {
    wait.wait = how::never;
  } else if (wish.timeout_ns != no_end) {
    wait.wait = how::until;
    wait.until_ns = began + wish.timeout_ns;
    wait.signal_ends_front = true;
    ticks.emplace(wait.until_ns);
  }
  if (wish.bytes)
    return kernel::take_ofd(fd, wish.exclusive ? F_WRLCK : F_RDLCK, *wish.bytes, wait);
  return kernel::take_flock(fd, wish.exclusive ? LOCK_EX : LOCK_SH, wait);
}

}  // namespace inturn::cli
