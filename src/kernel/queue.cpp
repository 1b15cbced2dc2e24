#include "kernel/queue.hpp"

#include <utility>

#include "kernel/side.hpp"

namespace inturn::kernel {
namespace {

/// Requests of one owner are none of each other's business: the kernel grants them together. As
/// requests of one agent they do not wait for each other. Two descriptors of one description pass
/// for two owners.
options as_agent_of_owner(int fd, lock::kind kind, options given) {
  constexpr std::uint64_t not_a_users_number = std::uint64_t{1} << 63;
  if (given.agent != 0) return given;
  const bool one_owner = kind == lock::kind::posix;
  given.agent = not_a_users_number | static_cast<std::uint64_t>(kind) << 32 |
                (one_owner ? 0 : static_cast<std::uint32_t>(fd));
  return given;
}

}  // namespace

queue::queue(int lock_file_fd, lock::kind kind, const options& given)
    : fd_(lock_file_fd), kind_(kind), options_(as_agent_of_owner(lock_file_fd, kind, given)) {}

queue::~queue() {
  for (const member* m = all_.load(); m != nullptr;) delete std::exchange(m, m->next);
}

queue::member* queue::find() const noexcept {
  member* const m = all_.load(std::memory_order_acquire);
  return m != nullptr && m->self->is_ours() ? m : nullptr;
}

queue::member& queue::join() {
  if (member* m = find()) return *m;
  side_region side = open_side(fd_);
  auto fresh = std::make_unique<member>();
  fresh->reservation = std::move(side.reservation);
  fresh->self = std::make_shared<lock::participant>(std::move(side.region), options_, kind_);
  // Another thread may do the same just now: both will do, the later one is used from now on.
  member* first = all_.load();
  do fresh->next = first;
  while (!all_.compare_exchange_weak(first, fresh.get()));
  return *fresh.release();
}

}  // namespace inturn::kernel
