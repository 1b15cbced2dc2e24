#pragma once

#include "kernel/flock.hpp"
#include "kernel/ofd.hpp"
#include "kernel/posix.hpp"
#include "kernel/queue.hpp"
#include "kernel/take.hpp"

namespace inturn::kernel {

/// Takes the kernel's lock, in its turn in the queue, as said at take.hpp.
template <kernel_lock L>
taken take_in_turn(const L& wanted, const how_to_wait& how, queue& side);

extern template taken take_in_turn(const flock_lock&, const how_to_wait&, queue&);
extern template taken take_in_turn(const ofd_lock&, const how_to_wait&, queue&);
extern template taken take_in_turn(const posix_lock&, const how_to_wait&, queue&);

/// Throws what a system call on the lock file has come to.
[[noreturn]] void refuse(int error, int fd, lock::kind kind);

/// Throws EINVAL for a type that is none of these, or a range that begins where no file has bytes.
void check_record(int fd, short type, inturn::range where, bool may_unlock);

}  // namespace inturn::kernel
