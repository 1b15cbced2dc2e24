#include "cli/flock_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <system_error>

#include "base/clock.hpp"
#include "base/sys.hpp"
#include "cli/failure.hpp"
#include "cli/lock_target.hpp"
#include "cli/parse.hpp"
#include "cli/take_in_time.hpp"
#include "kernel/ofd.hpp"

namespace inturn::cli {
namespace {

[[noreturn]] void give_up(int exit_status, const std::string& what, int error) {
  throw failure(exit_status, fmt::format("{}: {}", what, std::generic_category().message(error)));
}

/// Opens it anew, with that access; a directory for reading. Returns the access that it came to.
int open_file(const std::string& file, int access, base::unique_fd& fd) {
  fd.reset();  // so that the new one gets its number
  fd = open_or_make(file, access);
  if (!fd && errno == EISDIR) {
    access = O_RDONLY;
    fd = open_or_make(file, access);
  }
  if (fd) return access;
  const int error = errno;
  const std::string what = "cannot open lock file " + file;
  if (error == ENOMEM || error == EMFILE || error == ENFILE) give_up(status::system, what, error);
  if (error == EROFS || error == ENOSPC) give_up(status::cannot_create, what, error);
  give_up(status::cannot_open, what, error);
}

std::uint64_t timeout_of(const flock_options& options) {
  std::uint64_t timeout_ns = no_end;
  if (options.seconds) {
    const double microseconds = std::trunc(*options.seconds * 1e6);
    constexpr double too_long = 0x1p63, long_enough = 1e9;
    // Not a number, too: every comparison with it is false.
    if (!(microseconds >= 0 && *options.seconds < too_long))
      give_up(status::system, "cannot set up timer", EINVAL);
    if (*options.seconds < long_enough)
      timeout_ns = static_cast<std::uint64_t>(microseconds) * 1000;
  }
  return options.nonblock ? 0 : timeout_ns;
}

/// The bytes as fcntl(2) would see them: what it refuses is refused, not cut off.
void check(const inturn::range& bytes) {
  const std::uint64_t last = kernel::last_offset;
  const auto refuse = [](int error) { throw std::system_error(error, std::generic_category()); };
  if (bytes.start > last || bytes.length > last) refuse(EINVAL);
  if (bytes.length != 0 && bytes.length - 1 > last - bytes.start) refuse(EOVERFLOW);
}

kernel::taken unlock(int fd, const flock_options& options) {
  const kernel::ofd_lock bytes{{fd, F_UNLCK, options.bytes.value_or(inturn::range{})}};
  const int error =
      options.bytes ? bytes.attempt() : (base::sys.flock(fd, LOCK_UN) == 0 ? 0 : errno);
  if (error != 0) throw std::system_error(error, std::generic_category());
  return {true, {}, {}};
}

kernel::taken perform(int fd, const flock_options& options, std::uint64_t timeout_ns,
                      std::uint64_t began) {
  if (options.bytes) check(*options.bytes);
  if (options.operation == LOCK_UN) return unlock(fd, options);
  const lock_wish wish{options.operation == LOCK_EX, options.bytes, timeout_ns};
  return take_in_time(fd, wish, began, nullptr);
}

/// NFS makes a record lock of an exclusive flock(2), which must be able to write.
bool wants_writing(int error, int access, const flock_options& options) {
  return (error == EIO || error == EBADF) && access != O_RDWR && options.operation != LOCK_SH &&
         options.file && ::access(options.file->c_str(), R_OK | W_OK) == 0;
}

[[noreturn]] void cannot_lock(const flock_options& options, int error) {
  give_up(error == ENOLCK || error == ENOMEM ? status::system : status::cannot_lock,
          options.file.value_or(std::to_string(options.fd)), error);
}

}  // namespace

flock_outcome lock_or_unlock(const flock_options& options) {
  flock_outcome out;
  out.fd = options.fd;
  const bool writes = options.bytes && options.operation == LOCK_EX;
  int access = writes ? O_WRONLY : O_RDONLY;
  if (options.file) access = open_file(*options.file, access, out.opened);
  const std::uint64_t timeout_ns = timeout_of(options);
  const std::uint64_t began = base::monotonic_ns();
  for (;;) {
    if (options.file) out.fd = out.opened.get();
    try {
      kernel::taken got = perform(out.fd, options, timeout_ns, began);
      out.granted = got.granted;
      out.timed_out = !got.granted && timeout_ns != 0;
      out.out_of_turn = std::move(got.out_of_turn);
      break;
    } catch (const std::system_error& e) {
      const int error = e.code().value();
      if (!wants_writing(error, access, options)) cannot_lock(options, error);
      access = open_file(*options.file, O_RDWR, out.opened);
      if (access != O_RDWR) cannot_lock(options, EISDIR);
    }
  }
  out.seconds = static_cast<double>(base::monotonic_ns() - began) / 1e9;
  return out;
}

}  // namespace inturn::cli
