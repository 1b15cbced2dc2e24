#include "baton/member.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/identity.hpp"

namespace inturn::relay {
namespace {

using base::fail;

/// A sleeper looks by itself after this time for each member that is before it, so that in a circle of n
/// the looks add up to some ln(n) of them in such a time.
constexpr std::uint64_t look_every_ns = 4'000'000;
constexpr std::uint64_t longest_sleep_ns = 1'000'000'000;
/// One who waits for members may have lost a wake-up to a death: rare, and nobody is held up by it.
constexpr std::uint64_t count_every_ns = 100'000'000;

}  // namespace

/// The real world: memory is memory, a dead owner's claim is free, sleeping is a futex.
class member::here {
 public:
  here(const shared_file& file, wait::deadline until, region::claimer* claimer = nullptr)
      : file_(file), until_(until), claimer_(claimer) {}

  shared_words& shared() const noexcept { return file_.words(); }

  // Sequentially consistent, all of them: the explorer speaks of one order of all accesses.
  static std::uint64_t load(const std::atomic<std::uint64_t>& a) { return a.load(); }
  static std::uint32_t load(const std::atomic<std::uint32_t>& a) { return a.load(); }
  static bool cas(std::atomic<std::uint64_t>& a, std::uint64_t from, std::uint64_t to) {
    return a.compare_exchange_strong(from, to);
  }
  static std::uint64_t add(std::atomic<std::uint64_t>& a, std::uint64_t n) {
    return a.fetch_add(n);
  }
  static std::uint32_t set_bits(std::atomic<std::uint32_t>& a, std::uint32_t bits) {
    return a.fetch_or(bits);
  }
  static std::uint32_t clear_bits(std::atomic<std::uint32_t>& a, std::uint32_t bits) {
    return a.fetch_and(~bits);
  }

  bool certainly_dead(unsigned place) const { return file_.certainly_dead(claim_byte(place)); }
  bool claim(unsigned place) {
    if (!claimer_->try_byte(claim_byte(place))) return false;
    claimed_ = claimer_->keep(claim_byte(place));
    return true;
  }
  region::claim&& claimed() { return std::move(claimed_); }

  void wake(unsigned place) const { wait::wake_bits(&shared().parked, bit_of(place)); }
  void wake_counters() const { wait::wake_bits(upper_half(shared()), ~std::uint32_t{0}); }
  bool sleep(unsigned me, std::uint32_t parked, unsigned away) const {
    std::uint64_t end =
        base::monotonic_ns() + std::min<std::uint64_t>(look_every_ns * away, longest_sleep_ns);
    if (until_) end = std::min(end, *until_);
    return wait::sleep_bit(&shared().parked, parked, bit_of(me), end);
  }
  bool watch(word seen) const { return wait::spin_while(shared().turn, seen); }
  bool over() const { return wait::is_over(until_); }

 private:
  const shared_file& file_;
  const wait::deadline until_;
  region::claimer* const claimer_;
  region::claim claimed_;
};

namespace {

[[noreturn]] void refuse(ending how, const std::string& name) {
  switch (how) {
    case ending::has_it:
      fail(EDEADLK, name, "would wait for the turn that the caller itself has");
    case ending::lost:
      fail(EPERM, name, "the turn was taken away (somebody writes into the baton's memory)");
    case ending::stranger:
      fail(ESRCH, name, "no member has that place");
    case ending::full:
      fail(ENOLCK, name, "no room for another member");
    default:
      fail(EILSEQ, name, "somebody writes nonsense into the baton (end that program)");
  }
}

}  // namespace

member::member(shared_file file, std::optional<unsigned> wanted)
    : file_(std::move(file)), process_(base::process_identity()) {
  static_assert(world<here>);
  if (wanted && *wanted >= max_members) fail(EINVAL, file_.name(), "places are from 0 to 31");
  region::claimer claimer(file_);
  here w(file_, {}, &claimer);
  const ending how = join(w, wanted.value_or(0), wanted.value_or(max_members - 1), place_);
  if (how == ending::full && wanted) fail(EBUSY, file_.name(), "another member has that place");
  if (how != ending::granted) refuse(how, file_.name());
  claim_ = w.claimed();
}

member::~member() {
  if (!is_ours()) {
    claim_.forget();
    return;
  }
  here w(file_, {});
  // Should somebody spoil the word, our claim ends all the same, and others find us dead.
  static_cast<void>(leave(w, place_));
}

bool member::is_ours() const noexcept { return base::process_identity() == process_; }

void member::refuse_children() const {
  if (!is_ours())
    fail(EINVAL, file_.name(), "inherited over fork, and the parent's: open the baton again here");
}

std::span<const std::byte> member::bytes_for(const grant& got) const noexcept {
  // The word that gave us the turn was read before, and written after it.
  const std::uint64_t length = file_.words().length.load(std::memory_order_relaxed);
  if (got.news || length > file_.capacity()) return {};
  return file_.bytes().first(length);
}

void member::write(std::span<const std::byte> bytes) const noexcept {
  // They may be the ones that came with the turn.
  if (!bytes.empty()) std::memmove(file_.bytes().data(), bytes.data(), bytes.size());
  // Handing on comes after it, and is what the next one looks at first.
  file_.words().length.store(bytes.size(), std::memory_order_relaxed);
}

std::optional<turn> member::wait(const wait::deadline& until) {
  refuse_children();
  here w(file_, until);
  grant got;
  const ending how = wait_for_turn(w, place_).run(got);
  if (how == ending::timed_out) return {};
  if (how != ending::granted) refuse(how, file_.name());
  std::optional<turn> mine(std::in_place);
  mine->owner_ = shared_from_this();
  mine->number_ = got.number;
  mine->bytes_ = bytes_for(got);
  mine->previous_owner_died_ = got.news;
  return mine;
}

void member::hand_on(std::optional<unsigned> to, std::span<const std::byte> bytes) {
  refuse_children();
  if (bytes.size() > file_.capacity())
    fail(EMSGSIZE, file_.name(), "more bytes than the baton has room for");
  here w(file_, {});
  // Nothing is to be written by one who has lost the turn, nor for one who is not there.
  const word seen = here::load(w.shared().turn);
  if (!has_taken(seen, place_)) refuse(ending::lost, file_.name());
  if (to && (*to >= max_members || !is_member(seen, *to))) refuse(ending::stranger, file_.name());
  write(bytes);
  const ending how = relay::hand_on(w, place_, to);
  if (how != ending::granted) refuse(how, file_.name());
}

std::vector<unsigned> member::living() const {
  refuse_children();
  const word seen = here::load(file_.words().turn);
  std::vector<unsigned> all;
  for (unsigned p = 0; p < max_members; ++p)
    if (is_member(seen, p) && (p == place_ || !file_.certainly_dead(claim_byte(p))))
      all.push_back(p);
  return all;
}

bool member::wait_for_members(std::size_t count, const wait::deadline& until) const {
  for (;;) {
    const word seen = here::load(file_.words().turn);
    if (living().size() >= count) return true;
    if (wait::is_over(until)) return false;
    std::uint64_t end = base::monotonic_ns() + count_every_ns;
    if (until) end = std::min(end, *until);
    wait::sleep_bit(upper_half(file_.words()), members_of(seen), ~std::uint32_t{0}, end);
  }
}

}  // namespace inturn::relay
