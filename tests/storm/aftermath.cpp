#include "storm/aftermath.hpp"

#include <bit>

#include "inturn/lock.hpp"
#include "storm/door.hpp"
#include "support/region_watch.hpp"

namespace inturn::storm {
namespace {

class inspection {
 public:
  inspection(const ground& here, std::uint32_t most_lanes, std::chrono::nanoseconds patience)
      : here_(here), most_lanes_(most_lanes), patience_(patience) {}

  std::vector<std::string> all() {
    for (const place& each : here_.places()) lock_once(each);
    for (const watched_region& each : here_.regions()) look_at(each);
    return std::move(complaints_);
  }

 private:
  void lock_once(const place& at) {
    const asking alone{true, {}, asking::how::until, static_cast<std::uint64_t>(patience_.count())};
    if (!make_door(at, here_.memfd())->enter(alone, 1)) complain(at.name, "cannot be locked");
  }

  lock_file join(const watched_region& each) const {
    return each.path.empty() ? lock_file::adopt(here_.memfd()) : lock_file(each.path);
  }
  test::region_watch watch(const watched_region& each) const {
    return each.path.empty() ? test::region_watch(here_.memfd()) : test::region_watch(each.path);
  }

  void look_at(const watched_region& each) {
    const test::region_watch seen = watch(each);
    const table::view t = seen.region().table();
    if (const auto left = seen.requests().size(); left != 0)
      complain(each.name, std::to_string(left) + " requests are left");
    std::uint32_t claimed = 0;
    for (std::uint32_t lane = 0; lane < t.lane_count; ++lane)
      claimed += seen.region().certainly_dead(lane) ? 0U : 1U;
    if (claimed != 0) complain(each.name, std::to_string(claimed) + " lanes are claimed");
    if (const auto lanes = used(t); lanes > most_lanes_)
      complain(each.name, "lanes up to the " + std::to_string(lanes) + "th were used, at most " +
                              std::to_string(most_lanes_) + " were needed at a time");
    use_again(each, used(t));
    if (used(t) != 0) complain(each.name, "lanes stay in use");
    for (std::uint32_t lane = 0; lane < most_lanes_; ++lane)
      for (const auto& word : t.lanes[lane].words)
        if (word.load() != table::free_word) complain(each.name, "a request is left in a lane");
  }

  /// How many lanes there are up to the last one that counts as used. (Newcomers take the first free one.)
  static std::uint32_t used(const table::view& t) {
    for (std::uint32_t i = table::used_words; i > 0; --i)
      if (const std::uint64_t lanes = t.shared->used[i - 1].load(); lanes != 0)
        return i * 64 - static_cast<std::uint32_t>(std::countl_zero(lanes));
    return 0;
  }

  /// The lanes of the dead are cleared by whoever needs them; messages of deaths go to who locks.
  void use_again(const watched_region& each, std::uint32_t lanes) {
    std::vector<lock_file> crowd;
    std::vector<hold> holds;
    for (std::uint32_t i = 0; i < lanes; ++i) crowd.push_back(join(each));
    if (crowd.empty() || !crowd.front().try_lock_for(patience_)) return;
    for (lock_file& one : crowd) holds.push_back(one.lock(mode::shared));
  }

  void complain(const std::string& name, const std::string& what) {
    complaints_.push_back(name + ": " + what);
  }

  const ground& here_;
  const std::uint32_t most_lanes_;
  const std::chrono::nanoseconds patience_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> find_remains(const ground& here, std::uint32_t most_lanes,
                                      std::chrono::nanoseconds patience) {
  return inspection(here, most_lanes, patience).all();
}

}  // namespace inturn::storm
