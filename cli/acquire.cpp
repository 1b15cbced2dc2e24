#include "cli/acquire.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

#include "base/clock.hpp"
#include "cli/failure.hpp"
#include "cli/lock_target.hpp"
#include "cli/ticking.hpp"
#include "cli/values.hpp"
#include "kernel/side.hpp"
#include "kernel/take.hpp"

namespace inturn::cli {
namespace {

/// Tells how many are ahead, each time that the number changes.
class teller {
 public:
  explicit teller(const std::string& lock)
      : tell_([this, &lock](std::uint32_t ahead) {
          if (ahead == last_) return;
          last_ = ahead;
          complain(fmt::format("{}: {} ahead", lock, ahead));
        }) {}
  const lock::progress* get() const { return &tell_; }

 private:
  std::optional<std::uint32_t> last_;
  lock::progress tell_;
};

kernel::how_to_wait how_to_wait(const run_options& options, const teller& tell, std::uint64_t now) {
  using how = kernel::how_to_wait::how;
  kernel::how_to_wait wait;
  if (options.timeout_ns == 0) {
    wait.wait = how::never;
  } else if (options.timeout_ns != no_end) {
    wait.wait = how::until;
    wait.until_ns = now + options.timeout_ns;
    // At the front it keeps its place in the kernel's queue, beside those who call flock(2)
    // plainly.
    wait.signal_ends_front = true;
  }
  if (options.verbose) wait.tell = tell.get();
  return wait;
}

kernel::taken take(int fd, const run_options& options, const kernel::how_to_wait& wait) {
  if (options.bytes)
    return kernel::take_ofd(fd, options.exclusive ? F_WRLCK : F_RDLCK, *options.bytes, wait);
  return kernel::take_flock(fd, options.exclusive ? LOCK_EX : LOCK_SH, wait);
}

/// Some network file systems make an exclusive flock of a record lock, which must be able to write.
bool wants_writing(const std::system_error& e, const run_options& options) {
  return !options.bytes && options.exclusive &&
         (e.code().value() == EBADF || e.code().value() == EIO);
}

kernel::taken open_and_take(const run_options& options, const kernel::how_to_wait& wait,
                            base::unique_fd& fd) {
  fd = open_lock(options.lock, options.bytes && options.exclusive);
  try {
    return take(fd.get(), options, wait);
  } catch (const std::system_error& e) {
    if (!wants_writing(e, options)) throw;
  }
  fd = open_lock(options.lock, true);
  return take(fd.get(), options, wait);
}

[[noreturn]] void cannot_lock(const std::string& lock, const std::system_error& e) {
  const int error = e.code().value();
  const bool is_limit = error == ENOLCK || error == ENOMEM;
  throw failure(is_limit ? status::system : status::unavailable,
                explain(lock, "cannot lock it", error,
                        is_limit ? "the system's limit of locks is reached" : "name another file"));
}

/// The user has asked for order: that there is none is said always, in one line.
void say_that_order_is_missing(const std::string& lock, int fd, std::string_view why) {
  const std::string name = kernel::name_of(fd) + ": ";
  if (why.starts_with(name)) why.remove_prefix(name.size());
  complain(fmt::format("{}: order is not guaranteed: {}", lock, why));
}

void say_how_it_went(const run_options& options, const kernel::taken& got, double seconds) {
  if (!options.verbose) return;
  if (got.granted)
    complain(fmt::format("{}: locked after {:.6f} seconds", options.lock, seconds));
  else
    complain(
        fmt::format("{}: locked by another (gave up after {:.6f} seconds)", options.lock, seconds));
}

}  // namespace

std::optional<locked> acquire(const run_options& options) {
  const std::uint64_t began = base::monotonic_ns();
  const teller tell(options.lock);
  const kernel::how_to_wait wait = how_to_wait(options, tell, began);
  std::optional<ticking> ticks;
  if (wait.signal_ends_front) ticks.emplace(wait.until_ns);
  base::unique_fd fd;
  kernel::taken got;
  try {
    got = open_and_take(options, wait, fd);
  } catch (const std::system_error& e) {
    cannot_lock(options.lock, e);
  }
  ticks.reset();
  if (got.granted && !got.out_of_turn.empty())
    say_that_order_is_missing(options.lock, fd.get(), got.out_of_turn);
  say_how_it_went(options, got, static_cast<double>(base::monotonic_ns() - began) / 1e9);
  if (!got.granted) return {};
  return locked{std::move(fd), got.ticket};
}

}  // namespace inturn::cli
