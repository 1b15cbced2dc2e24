#include "kernel/take.hpp"

#include "kernel/in_turn.hpp"

namespace inturn::kernel {
namespace {

template <kernel_lock L>
taken take_once(const L& wanted, const how_to_wait& how, const options& given) {
  queue side(wanted.fd, L::kind, given);
  return take_in_turn(wanted, how, side);
}

}  // namespace

taken take_flock(int fd, int operation, const how_to_wait& how, const options& given) {
  if (operation != LOCK_SH && operation != LOCK_EX) refuse(EINVAL, fd, lock::kind::flock);
  return take_once(flock_lock{fd, operation}, how, given);
}

taken take_ofd(int fd, short type, range where, const how_to_wait& how, const options& given) {
  check_record(fd, type, where, false);
  return take_once(ofd_lock{{fd, type, where}}, how, given);
}

taken take_posix(int fd, short type, range where, const how_to_wait& how, const options& given) {
  check_record(fd, type, where, false);
  return take_once(posix_lock{{fd, type, where}}, how, given);
}

}  // namespace inturn::kernel
