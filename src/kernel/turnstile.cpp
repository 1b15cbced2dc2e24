#include "inturn/turnstile.hpp"

#include <cerrno>
#include <utility>

#include "base/clock.hpp"
#include "kernel/in_turn.hpp"

namespace inturn {

using kernel::flock_lock;
using kernel::how_to_wait;
using kernel::ofd_lock;

struct turnstile::state {
  state(int given_fd, const options& given)
      : fd(given_fd),
        flock_queue(given_fd, lock::kind::flock, given),
        ofd_queue(given_fd, lock::kind::ofd, given) {}

  bool flock(int operation, const how_to_wait& how);
  bool ofd(short type, range where, const how_to_wait& how);

  const int fd;
  kernel::queue flock_queue;
  kernel::queue ofd_queue;
};

namespace {

how_to_wait for_at_most(std::chrono::nanoseconds time) {
  if (time.count() <= 0) return {how_to_wait::how::never};
  // Two times of at most 2^63 ns each: no overflow.
  return {how_to_wait::how::until, base::monotonic_ns() + static_cast<std::uint64_t>(time.count())};
}

}  // namespace

/// Whatever flock(2) does without waiting, or refuses, is its own business.
bool turnstile::state::flock(int operation, const how_to_wait& how) {
  const int kind = operation & ~LOCK_NB;
  if (kind == LOCK_SH || kind == LOCK_EX) {
    const bool may_wait = (operation & LOCK_NB) == 0;
    const how_to_wait as_asked = may_wait ? how : how_to_wait{how_to_wait::how::never};
    return kernel::take_in_turn(flock_lock{fd, kind}, as_asked, flock_queue).granted;
  }
  if (base::sys.flock(fd, operation) == 0) return true;
  kernel::refuse(errno, fd, lock::kind::flock);
}

bool turnstile::state::ofd(short type, range where, const how_to_wait& how) {
  kernel::check_record(fd, type, where, true);
  const ofd_lock wanted{{fd, type, where}};
  if (type != F_UNLCK) return kernel::take_in_turn(wanted, how, ofd_queue).granted;
  if (const int error = wanted.attempt(); error != 0) kernel::refuse(error, fd, ofd_lock::kind);
  return true;
}

turnstile::turnstile(int fd, options given) : state_(std::make_unique<state>(fd, given)) {}
turnstile::turnstile(turnstile&&) noexcept = default;
turnstile& turnstile::operator=(turnstile&&) noexcept = default;
turnstile::~turnstile() = default;

void turnstile::flock(int operation) {
  if (!state_->flock(operation, {})) kernel::refuse(EWOULDBLOCK, state_->fd, lock::kind::flock);
}

bool turnstile::flock_for(int operation, std::chrono::nanoseconds time) {
  return state_->flock(operation, for_at_most(time));
}

void turnstile::ofd(short type, range where) { state_->ofd(type, where, {}); }

bool turnstile::ofd_for(short type, range where, std::chrono::nanoseconds time) {
  return state_->ofd(type, where, for_at_most(time));
}

}  // namespace inturn
