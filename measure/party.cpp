#include "measure/party.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "base/clock.hpp"
#include "base/sys.hpp"
#include "measure/kernel_state.hpp"

namespace inturn::measure {
namespace {

void carry_out(deed what, actor& me) {
  int error = 0;
  try {
    what(me);
  } catch (const std::system_error& e) {
    error = e.code().value();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "inturn: measure: %s\n", e.what());
    error = EIO;
  }
  me.self.error = error;
}

void serve(lock_place& place, scene& where, party_state& self) {
  std::unique_ptr<lock_end> end;
  const auto finish = [&] {
    self.busy = 0;
    self.done.fetch_add(1);
    base::sys.futex_wake(&self.done, INT_MAX);
  };
  self.busy = 1;
  try {
    end = place.open();
  } catch (const std::system_error& e) {
    self.error = e.code().value();
  }
  finish();
  if (!end) return;
  actor me{*end, where, self};
  for (std::uint32_t next = 1;; ++next) {
    while (self.told.load() < next) base::sys.futex_wait(&self.told, next - 1, nullptr);
    self.busy = 1;
    carry_out(self.what.load(), me);
    finish();
  }
}

void note_grant(actor& me, part as) {
  me.self.inside = as;
  me.self.place = me.where.enter(as);
  me.self.granted_ns = base::monotonic_ns();
}

void note_leaving(actor& me) { me.where.leave(me.self.inside.exchange(part::outside)); }

}  // namespace

void lock(actor& me) {
  me.self.asked_ns = base::monotonic_ns();
  me.end.lock();
  note_grant(me, part::writer);
}

void unlock(actor& me) {
  note_leaving(me);
  me.end.unlock();
}

void lock_shared(actor& me) {
  me.self.asked_ns = base::monotonic_ns();
  me.end.lock_shared();
  note_grant(me, part::reader);
}

void unlock_shared(actor& me) {
  note_leaving(me);
  me.end.unlock_shared();
}

void convert(actor& me) {
  me.self.asked_ns = base::monotonic_ns();
  note_leaving(me);  // whether somebody else got in meanwhile is what is asked, and no overlap
  me.end.convert();
  note_grant(me, part::writer);
}

party::party(lock_place& place, scene& where)
    : memory_(std::make_unique<shared<party_state>>()),
      state_(&**memory_),
      where_(&where),
      process_([&place, &where, self = state_] { serve(place, where, *self); }) {
  if (!is_done(patience)) throw std::runtime_error("a process does not start");
  if (error() != 0)
    throw std::system_error(error(), std::generic_category(), "a process cannot open the lock");
}

party::~party() {
  if (state_ != nullptr) kill();
}

void party::tell(deed what, std::uint64_t argument) {
  state_->what = what;
  state_->argument = argument;
  state_->told.fetch_add(1);
  base::sys.futex_wake(&state_->told, INT_MAX);
}

bool party::is_done(std::chrono::nanoseconds at_most) {
  const std::uint32_t expected = state_->told.load() + 1;  // opening counts as the first
  const auto carried_out = [&] { return state_->done.load() >= expected; };
  return carried_out() ||
         (until([&] { return carried_out() || !process_.runs(); }, at_most) && carried_out());
}

outcome party::settle(std::chrono::nanoseconds blocked_for) {
  std::uint64_t since = 0;
  int looks = 0, blocked_looks = 0;
  // One that polls is not blocked all the time: more often than not is enough, from the first time on.
  const auto stays_blocked = [&] {
    const bool blocked = state_->busy.load() != 0 && is_blocked(pid());
    if (since == 0 && !blocked) return false;
    const std::uint64_t now = base::monotonic_ns();
    if (since == 0) since = now;
    ++looks;
    blocked_looks += blocked ? 1 : 0;
    return now - since >= static_cast<std::uint64_t>(blocked_for.count()) &&
           2 * blocked_looks > looks;
  };
  bool blocked = false;
  const auto settled = [&] { return is_done({}) || (blocked = stays_blocked()); };
  if (!until(settled, patience + blocked_for))
    throw std::runtime_error("a process neither gets the lock nor blocks");
  if (blocked) return outcome::waits;
  return error() == 0 ? outcome::done : outcome::failed;
}

void party::must(deed what, std::uint64_t argument) {
  tell(what, argument);
  if (!is_done(patience)) throw std::runtime_error("a process does not get done what it was told");
  if (error() != 0) throw std::system_error(error(), std::generic_category(), "a process failed");
}

bool party::must_wait(deed what) {
  tell(what);
  switch (settle()) {
    case outcome::waits:
      return true;
    case outcome::done:
      return false;
    case outcome::failed:
      break;
  }
  throw std::system_error(error(), std::generic_category(), "a process failed");
}

void party::kill() {
  process_.kill();
  where_->leave(state_->inside.exchange(part::outside));
}

}  // namespace inturn::measure
