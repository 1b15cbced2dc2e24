#pragma once

#include <optional>
#include <random>
#include <string>

#include "table/calm_world.hpp"
#include "table/model.hpp"

namespace inturn::table::test {

/// Processes that ask, release, give up, die and come again at random, in the real table, each call to
/// its end before the next; beside the model. Throws std::runtime_error when the two do not agree.
class simulation {
 public:
  explicit simulation(std::uint64_t seed);

  void step();
  /// Everybody dies, and whoever comes then finds everything free, and hears what has not been told.
  void finish();

  std::uint64_t grants = 0, deadlocks = 0, deaths = 0, told = 0, gave_up = 0;

 private:
  struct outcome {
    enum class kind { granted, asleep, refused } what;
    ending why = ending::granted;
    grant got;
  };

  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }
  std::optional<slot_id> any_slot(state s);
  request any_request(std::uint32_t lane);

  void ask(slot_id id);
  void try_to_get(slot_id id);
  void release(slot_id id);
  void give_up(slot_id id);
  void kill(std::uint32_t lane);
  void come_again(std::uint32_t lane);

  template <class Call>
  outcome perform(slot_id id, Call call);
  void settle(slot_id id, const outcome& o);
  /// A sleeper looks again, for whatever reason.
  void look_again(slot_id id);
  void let_the_woken_look();
  void let_all_look();
  bool are_dead_in_the_table();
  void compare();
  void check(bool good, const std::string& what) const;

  calm_world world_;
  model model_;
  std::mt19937_64 random_;
  std::uint64_t steps_ = 0;
  std::vector<bool> lives_;
};

}  // namespace inturn::table::test
