#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "storm/timeline.hpp"
#include "storm/worker.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"

namespace inturn::storm {

struct plan {
  std::uint32_t processes = 8;
  std::uint32_t files = 2;
  std::chrono::seconds time{10};
  std::uint64_t seed = 1;
  /// How long a worker that is neither stopped nor killed may take for one step.
  std::chrono::seconds patience{60};
  bool calm = false;  // nobody is killed or stopped
  const fault* broken = nullptr;
};

/// Starts the workers, kills, stops and continues them at random, and has the checker see what they wrote.
class referee {
 public:
  referee(const ground& here, arena& all, const plan& p, timeline& log);

  /// Until the time is over, or something is wrong.
  void run();
  /// Lets all workers end.
  void call_in();

  std::uint64_t killed() const { return killed_; }
  std::uint64_t stopped() const { return stopped_; }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  using clock = std::chrono::steady_clock;
  struct life {
    test::child process;
    std::uint32_t lives = 0;
    bool is_stopped = false;
    clock::time_point resume_at{};
    std::uint64_t progress = 0;
    clock::time_point progress_at{};
  };

  void start(std::uint32_t worker);
  std::uint32_t choose_victim();
  void kill_some();
  void stop_one();
  void resume_those_due(bool all);
  void look_at_queues();
  void look_at_progress();
  std::uint64_t progress_of(std::uint32_t worker) const;

  const ground& here_;
  arena& all_;
  const plan plan_;
  timeline& log_;
  std::mt19937 random_;
  std::vector<life> lives_;
  std::vector<test::region_watch> watches_;  // as here_.regions()
  std::size_t next_watch_ = 0;
  std::uint64_t killed_ = 0, stopped_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace inturn::storm
