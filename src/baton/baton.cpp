#include "inturn/baton.hpp"

#include <utility>

#include "base/clock.hpp"
#include "baton/member.hpp"

namespace inturn {
namespace {

using relay::member;
using relay::shared_file;

std::shared_ptr<member> join(shared_file file, const baton_options& given) {
  return std::make_shared<member>(std::move(file), given.place);
}

constexpr std::uint64_t no_time = 0;  // over since boot

std::uint64_t after(std::chrono::nanoseconds time) {
  // Two times of at most 2^63 ns each: no overflow.
  return base::monotonic_ns() + static_cast<std::uint64_t>(time.count());
}

}  // namespace

turn::turn(turn&& other) noexcept
    : owner_(std::move(other.owner_)),
      number_(other.number_),
      bytes_(other.bytes_),
      previous_owner_died_(other.previous_owner_died_) {}

turn& turn::operator=(turn&& other) noexcept {
  // By way of a third, which hands on what was here before.
  turn taken(std::move(other));
  std::swap(owner_, taken.owner_);
  std::swap(number_, taken.number_);
  std::swap(bytes_, taken.bytes_);
  std::swap(previous_owner_died_, taken.previous_owner_died_);
  return *this;
}

turn::~turn() {
  if (!owner_ || !owner_->is_ours()) return;
  try {
    owner_->hand_on({}, {});
  } catch (...) {  // NOLINT(bugprone-empty-catch): it was taken away, which nobody can be told here
  }
}

void turn::hand_on(std::span<const std::byte> bytes) {
  if (!owner_) return;
  owner_->hand_on({}, bytes);
  owner_.reset();
}

void turn::hand_to(unsigned place, std::span<const std::byte> bytes) {
  if (!owner_) return;
  owner_->hand_on(place, bytes);
  owner_.reset();
}

baton::baton(const std::filesystem::path& path, const baton_options& given)
    : self_(join(shared_file::open_or_make(path, given.mode, given.capacity), given)) {}
baton::baton(std::shared_ptr<member> self) noexcept : self_(std::move(self)) {}
baton::baton(baton&&) noexcept = default;
baton& baton::operator=(baton&&) noexcept = default;
baton::~baton() = default;

baton baton::memfd(const baton_options& given) {
  return baton(join(shared_file::make_memfd(given.mode, given.capacity), given));
}

baton baton::adopt(int fd, const baton_options& given) {
  return baton(join(shared_file::adopt(fd), given));
}

turn baton::wait() { return std::move(self_->wait({}).value()); }
std::optional<turn> baton::try_wait() { return self_->wait(no_time); }

std::optional<turn> baton::wait_for(std::chrono::nanoseconds time) {
  if (time.count() <= 0) return try_wait();
  return self_->wait(after(time));
}

std::optional<turn> baton::wait_until(std::chrono::steady_clock::time_point time) {
  using std::chrono::duration_cast, std::chrono::nanoseconds;
  const auto since_boot = duration_cast<nanoseconds>(time.time_since_epoch()).count();
  if (since_boot <= 0) return try_wait();
  return self_->wait(static_cast<std::uint64_t>(since_boot));
}

bool baton::wait_for_members(std::size_t count, std::chrono::nanoseconds time) {
  return self_->wait_for_members(count, time.count() <= 0 ? no_time : after(time));
}

std::vector<unsigned> baton::members() const { return self_->living(); }
unsigned baton::place() const noexcept { return self_->place(); }
std::size_t baton::capacity() const noexcept { return self_->file().capacity(); }
int baton::fd() const noexcept { return self_->file().fd(); }

}  // namespace inturn
