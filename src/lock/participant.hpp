#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "inturn/lock.hpp"
#include "lock/kind.hpp"
#include "lock/turn.hpp"
#include "region/claim.hpp"
#include "region/region.hpp"

namespace inturn::lock {

/// A lane that is ours, and which of its slots are free for a new request.
struct owned_lane {
  std::uint32_t index = table::no_lane;
  std::atomic<std::uint32_t> free{0};  // a bit a slot
  std::atomic<bool> marked_used{false};
  region::claim claim;
  owned_lane* next = nullptr;  // lanes are only added, at the front, until the participant ends
};

/// How to wait for a grant.
struct patience {
  enum class how : std::uint8_t { never, until, for_ever } wait = how::for_ever;
  std::uint64_t until_ns = 0;  // monotonic clock
  const progress* tell = nullptr;
  /// For tries: the hold is on nobody's account, as after detach(), from the first instant on.
  bool detached = false;
};

/// One participant: a region, its lanes, and the requests in them. Shared by a lock_file and its holds.
class participant : public std::enable_shared_from_this<participant> {
 public:
  participant(region::mapped region, options given, lock::kind kind = kind::native);
  ~participant();
  participant(const participant&) = delete;
  participant& operator=(const participant&) = delete;

  /// Empty when it was not granted in time. Throws as the public header says.
  std::optional<hold> acquire(mode m, range where, const patience& how);
  void release(hold& h);
  void detach(const hold& h) noexcept;

  /// False in a forked child.
  bool is_ours() const noexcept;
  const region::mapped& region() const noexcept { return region_; }

 private:
  struct place {
    owned_lane* lane;
    table::slot_id id;
  };
  place take_slot();
  std::optional<place> take_slot_in(owned_lane& lane);
  void return_slot(place p) noexcept;
  static place place_of(const hold& h) noexcept;
  owned_lane* claim_lane();
  void find_freed_slots(owned_lane& lane) noexcept;
  void refuse_children() const;
  void describe_lane(const owned_lane& lane) noexcept;
  table::ending ask(turn& world, place p, const table::request& asked, const patience& how,
                    table::grant& got);

  region::mapped region_;
  const options options_;
  const lock::kind kind_;
  const std::uint64_t process_;
  std::atomic<owned_lane*> lanes_{nullptr};
  std::atomic<owned_lane*> hint_{nullptr};  // where a slot is likely to be free
  std::mutex growing_;
  std::uint32_t next_to_try_ = 0;
};

}  // namespace inturn::lock
