// The C library's functions that lock files, for the program that we are loaded into: all there are.
// (glibc's lockf does not call the fcntl that it exports.)

#include <cstdarg>

#include "preload/in_turn.hpp"
#include "preload/poll.hpp"

namespace inturn::preload {
namespace {

/// On success errno is what it was.
int outcome(int error, int before) {
  errno = error != 0 ? error : before;
  return error == 0 ? 0 : -1;
}

int flock_in_turn(int fd, int operation, const void* frame) {
  const int before = errno;
  const int kind = operation & ~LOCK_NB;
  const request asked = request::of_flock(fd, kind);
  if (kind == LOCK_SH || kind == LOCK_EX)
    return outcome(kind == operation ? wait_in_turn(asked, frame) : try_in_turn(asked, frame),
                   before);
  const int result = plain().flock(fd, operation);
  if (result == 0 && kind == LOCK_UN) {
    tell_of_unlock(asked);
    errno = before;
  }
  return result;
}

int fcntl_in_turn(int fd, int command, void* argument, const void* frame) {
  const int before = errno;
  const bool ofd = command == F_OFD_SETLK || command == F_OFD_SETLKW;
  const bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
  const request asked = request::of_record(fd, ofd ? lock::kind::ofd : lock::kind::posix, argument);
  const int error = waits ? wait_in_turn(asked, frame) : try_in_turn(asked, frame);
  if (waits && error == 0 && asked.type_of_done() == F_UNLCK) tell_of_unlock(asked);
  return outcome(error, before);
}

int lockf_in_turn(int fd, int command, off_t length, const void* frame) {
  const int before = errno;
  const request asked = request::of_lockf(fd, length);
  if (command == F_LOCK) return outcome(wait_in_turn(asked, frame), before);
  if (command == F_TLOCK) return outcome(try_in_turn(asked, frame), before);
  const int result = plain().lockf(fd, command, length);
  if (result == 0 && command == F_ULOCK) {
    tell_of_unlock(asked);
    errno = before;
  }
  return result;
}

int any_fcntl(int fd, int command, void* argument, const void* frame) {
  switch (command) {
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
      return fcntl_in_turn(fd, command, argument, frame);
    default:
      return plain().fcntl(fd, command, argument);
  }
}

}  // namespace
}  // namespace inturn::preload

#define INTURN_EXPORT extern "C" __attribute__((visibility("default")))

// The argument is taken for a pointer, as in the C library itself: on all machines of Linux it is passed
// alike whatever it is.
#define INTURN_THIRD(name)                \
  std::va_list rest;                      \
  va_start(rest, command);                \
  void* const name = va_arg(rest, void*); \
  va_end(rest)

INTURN_EXPORT int flock(int fd, int operation) noexcept {
  return inturn::preload::flock_in_turn(fd, operation, __builtin_frame_address(0));
}

INTURN_EXPORT int fcntl(int fd, int command, ...) {
  INTURN_THIRD(argument);
  return inturn::preload::any_fcntl(fd, command, argument, __builtin_frame_address(0));
}

INTURN_EXPORT int fcntl64(int fd, int command, ...) {
  INTURN_THIRD(argument);
  return inturn::preload::any_fcntl(fd, command, argument, __builtin_frame_address(0));
}

INTURN_EXPORT int lockf(int fd, int command, off_t length) {
  return inturn::preload::lockf_in_turn(fd, command, length, __builtin_frame_address(0));
}

INTURN_EXPORT int lockf64(int fd, int command, off64_t length) {
  return inturn::preload::lockf_in_turn(fd, command, length, __builtin_frame_address(0));
}
