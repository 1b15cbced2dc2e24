#include "kernel/in_turn.hpp"

#include <sched.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "inturn/lock.hpp"
#include "kernel/queueing.hpp"

namespace inturn::kernel {
namespace {

using wait = how_to_wait::how;

/// What came of the queue.
struct turn {
  enum class way : std::uint8_t {
    front,     // to the kernel, while `front` keeps the others behind
    straight,  // to the kernel, out of turn
    granted,   // has been there already, out of turn
    refused,   // a try, and somebody is ahead; or the time is over
  } way;
  hold front{};
  std::string why{};  // out of turn, or in an order that is not everybody's
};

/// A try that comes upon another try looks again: that is over in an instant, and if it fails, it
/// was not really in the way. (To know tries from those who wait, they are on nobody's account, from
/// their announcement to their end.) The instant is longer where that one has lost its core to others;
/// one that has been stopped is passed.
turn try_for_front(queue::member& side, mode m, range where) {
  constexpr std::uint64_t instant_ns = 5'000'000, longest_ns = 200'000'000;
  const lock::patience a_try{.wait = lock::patience::how::never, .detached = true};
  const std::uint64_t start = base::monotonic_ns();
  for (;;) {
    if (auto front = side.self->acquire(m, where, a_try))
      return {turn::way::front, std::move(*front), side.reservation};
    const tries_ahead ahead = look_for_tries(side.self->region(), m, where);
    if (!ahead.only_tries) return {turn::way::refused};
    const std::uint64_t past = base::monotonic_ns() - start;
    if (past >= longest_ns || (past >= instant_ns && ahead.all_stopped))
      return {turn::way::straight, {}, "out of turn, past a try that has been stopped"};
    ::sched_yield();
  }
}

template <kernel_lock L>
turn wait_in_queue(const L& wanted, const how_to_wait& how, queue::member& side) {
  const lock::progress watch = vigil(wanted, how, side.self->region());
  const auto until =
      how.wait == wait::until ? lock::patience::how::until : lock::patience::how::for_ever;
  try {
    auto front = side.self->acquire(wanted.mode(), wanted.place(), {until, how.until_ns, &watch});
    if (!front) return {turn::way::refused};
    return {turn::way::front, std::move(*front), side.reservation};
  } catch (leave_queue& left) {
    return {left.granted ? turn::way::granted : turn::way::straight, {}, std::move(left.why)};
  }
}

template <kernel_lock L>
turn come_to_front(const L& wanted, const how_to_wait& how, queue::member& side) {
  const bool may_wait = how.wait != wait::never;
  turn mine{turn::way::refused};
  if (!may_wait) {
    mine = try_for_front(side, wanted.mode(), wanted.place());
  } else if (auto front =
                 side.self->acquire(wanted.mode(), wanted.place(), {lock::patience::how::never})) {
    mine = {turn::way::front, std::move(*front), side.reservation};
  }
  if (mine.way != turn::way::refused) return mine;
  if (std::string why = reason_not_to_queue(wanted); !why.empty())
    return {turn::way::straight, {}, std::move(why)};
  return may_wait ? wait_in_queue(wanted, how, side) : std::move(mine);
}

/// Whatever fails about the queue is no reason not to take the lock.
template <kernel_lock L>
turn find_turn(const L& wanted, const how_to_wait& how, queue& side) {
  try {
    return come_to_front(wanted, how, side.join());
  } catch (const std::system_error& e) {
    return {turn::way::straight, {}, std::string("out of turn: ") + e.what()};
  } catch (const callers_exception& e) {
    std::rethrow_exception(e.thrown);
  }
}

/// Tells the front that nobody is ahead of it, should it have to wait for who holds the lock. True:
/// it has not, and has the lock.
template <kernel_lock L>
bool tell_front(const L& wanted, const how_to_wait& how) {
  if (how.wait == wait::never || how.tell == nullptr || !*how.tell) return false;
  const int error = wanted.attempt();
  if (L::is_conflict(error)) (*how.tell)(0);
  return error == 0;  // what else it may be, the plain call will say
}

}  // namespace

template <kernel_lock L>
taken take_in_turn(const L& wanted, const how_to_wait& how, queue& side) {
  turn mine = find_turn(wanted, how, side);
  taken got;
  got.granted = mine.way == turn::way::granted ||
                (mine.way == turn::way::front && tell_front(wanted, how)) ||
                (mine.way != turn::way::refused && take_from_kernel(wanted, how));
  if (got.granted && mine.front && mine.why.empty()) got.ticket = mine.front.ticket();
  got.out_of_turn = std::move(mine.why);
  return got;
}

template taken take_in_turn(const flock_lock&, const how_to_wait&, queue&);
template taken take_in_turn(const ofd_lock&, const how_to_wait&, queue&);
template taken take_in_turn(const posix_lock&, const how_to_wait&, queue&);

void refuse(int error, int fd, lock::kind kind) {
  base::fail(error, name_of(fd), kind == lock::kind::flock ? "flock" : "fcntl lock");
}

void check_record(int fd, short type, range where, bool may_unlock) {
  const bool known = type == F_RDLCK || type == F_WRLCK || (may_unlock && type == F_UNLCK);
  if (!known || where.start > last_offset)
    base::fail(EINVAL, name_of(fd), "no such type of lock, or offset in a file");
}

}  // namespace inturn::kernel
