#include <limits>
#include <utility>

#include "base/clock.hpp"
#include "inturn/lock.hpp"
#include "lock/participant.hpp"

namespace inturn {
namespace {

using lock::participant;
using lock::patience;

std::shared_ptr<participant> join(region::mapped region, options given) {
  return std::make_shared<participant>(std::move(region), given);
}

}  // namespace

hold::hold(hold&& other) noexcept
    : owner_(std::move(other.owner_)),
      lane_(other.lane_),
      ticket_(other.ticket_),
      range_(other.range_),
      index_(other.index_),
      mode_(other.mode_),
      previous_owner_died_(other.previous_owner_died_) {}

hold& hold::operator=(hold&& other) noexcept {
  // By way of a third, which releases what was here before: assigned to itself, a hold stays what it is.
  hold taken(std::move(other));
  std::swap(owner_, taken.owner_);
  std::swap(lane_, taken.lane_);
  std::swap(ticket_, taken.ticket_);
  std::swap(range_, taken.range_);
  std::swap(index_, taken.index_);
  std::swap(mode_, taken.mode_);
  std::swap(previous_owner_died_, taken.previous_owner_died_);
  return *this;
}

hold::~hold() {
  if (owner_ && owner_->is_ours()) owner_->release(*this);
}

void hold::release() {
  if (!owner_) return;
  owner_->release(*this);
  owner_.reset();
}

void hold::detach() noexcept {
  if (owner_) owner_->detach(*this);
}

lock_file::lock_file(const std::filesystem::path& path, options given)
    : self_(join(region::mapped::open_or_make(path, given.mode), given)) {}
lock_file::lock_file(std::shared_ptr<participant> self) noexcept : self_(std::move(self)) {}
lock_file::lock_file(lock_file&&) noexcept = default;
lock_file& lock_file::operator=(lock_file&&) noexcept = default;
lock_file::~lock_file() = default;

lock_file lock_file::memfd(options given) {
  return lock_file(join(region::mapped::make_memfd(given.mode), given));
}

lock_file lock_file::adopt(int fd, options given) {
  return lock_file(join(region::mapped::adopt(fd), given));
}

hold lock_file::lock(inturn::mode m, inturn::range where) {
  return std::move(self_->acquire(m, where, {}).value());
}

std::optional<hold> lock_file::try_lock(inturn::mode m, inturn::range where) {
  return self_->acquire(m, where, {patience::how::never});
}

std::optional<hold> lock_file::try_lock_for(std::chrono::nanoseconds time, inturn::mode m,
                                            inturn::range where) {
  if (time.count() <= 0) return try_lock(m, where);
  // Two times of at most 2^63 ns each: no overflow.
  const std::uint64_t until = base::monotonic_ns() + static_cast<std::uint64_t>(time.count());
  return self_->acquire(m, where, {patience::how::until, until});
}

std::optional<hold> lock_file::try_lock_until(std::chrono::steady_clock::time_point time,
                                              inturn::mode m, inturn::range where) {
  using std::chrono::duration_cast, std::chrono::nanoseconds;
  const auto since_boot = duration_cast<nanoseconds>(time.time_since_epoch()).count();
  if (since_boot <= 0) return try_lock(m, where);
  return self_->acquire(m, where, {patience::how::until, static_cast<std::uint64_t>(since_boot)});
}

int lock_file::fd() const noexcept { return self_->region().fd(); }

}  // namespace inturn
