#include "preload/doubt.hpp"

#include "base/clock.hpp"
#include "preload/held.hpp"
#include "preload/log.hpp"
#include "preload/system.hpp"
#include "preload/world.hpp"

namespace inturn::preload {
namespace {

constexpr std::uint64_t doubt_every_ns = 1'000'000'000;

/// Stopped by SIGSTOP or a debugger, or not to be looked at (in another pid namespace).
bool may_be_stopped(const table::slot_data& one) {
  // For people elsewhere; here a stale one costs a turn at most.
  constexpr auto any = std::memory_order_relaxed;
  if (one.pid_namespace.load(any) != my_pid_namespace()) return true;
  text<96> path;
  path.add("/proc/").add(std::uint64_t{one.pid.load(any)});
  path.add("/task/").add(std::uint64_t{one.tid.load(any)}).add("/stat");
  const int in = sys::open(path.c_str(), O_RDONLY);
  if (in < 0) return false;
  char line[128];
  const long size = sys::read(in, line, sizeof line - 1);
  sys::close(in);
  if (size <= 0) return false;
  line[size] = '\0';
  // PID (COMMAND) STATE ...: the command may contain anything.
  const char* const end = std::strrchr(line, ')');
  return end != nullptr && end[1] == ' ' && (end[2] == 'T' || end[2] == 't');
}

bool all_ahead_are_stopped(const side_region& side, table::slot_id me, const table::placed& mine) {
  world w(side);
  bool all = true;
  table::for_each_request(w, [&](table::slot_id id, table::word v) {
    if (id != me && table::judge(w, id, v, mine) == table::relation::in_the_way)
      all = may_be_stopped(w.table().data_of(id));
    return all;
  });
  return all;
}

}  // namespace

doubts::doubts(const request& asked, const side_region& side)
    : asked_(asked), side_(side), next_ns_(base::monotonic_ns() + doubt_every_ns) {}

doubts::conclusion doubts::ask(table::slot_id me, const table::placed& mine,
                               const table::survey& seen) {
  const std::uint64_t now = base::monotonic_ns();
  if (now < next_ns_) return conclusion::wait;
  next_ns_ = now + doubt_every_ns;
  const conclusion found = doubt(me, mine, seen);
  last_front_ = seen.front.seen;
  return found;
}

doubts::conclusion doubts::doubt(table::slot_id me, const table::placed& mine,
                                 const table::survey& seen) {
  // Asked each time anew: another thread may have taken one meanwhile, or a process with which we share a
  // description.
  const answer others = process_holds_any();
  if (others != answer::no) {
    say(asked_.fd(), others == answer::yes
                         ? "out of turn after a while: this process holds other file locks, for "
                           "which those ahead may wait"
                         : "out of turn after a while: /proc does not say what locks are held");
    return conclusion::leave;
  }
  // A front that waits in the kernel has the lock as soon as it is free. One that has left its call by
  // longjmp, or is in a signal handler, has not.
  const bool stuck = seen.ahead == 1 && seen.front.seen == last_front_;
  if ((stuck || all_ahead_are_stopped(side_, me, mine)) && asked_.attempt() == 0) {
    say(asked_.fd(), "out of turn: those ahead are stopped, or do not take it");
    return conclusion::granted;
  }
  return conclusion::wait;
}

}  // namespace inturn::preload
