#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "storm/checker.hpp"
#include "storm/log.hpp"

namespace inturn::storm {

/// What became of requests that got nothing, and of workers.
struct tally {
  std::uint64_t refused = 0;
  std::uint64_t killed_asking = 0;
  std::uint64_t killed_inside = 0;
  std::uint64_t killed_idle = 0;
};

/// Reads what the workers have written, and shows it to the checker in the order of time.
class timeline {
 public:
  /// tells_deaths: for each lock, whether its next holder has to hear of a death.
  timeline(arena& all, std::uint32_t workers, std::vector<bool> tells_deaths, checker& judge);

  /// Takes away what is complete.
  void collect();

  /// The worker has been killed (not before killed_at) and is gone: what it left is complete as it is.
  void bury(std::uint32_t worker, std::uint64_t killed_at);

  /// The worker's request that began as its n-th has been seen in the queue.
  void seen_queued(std::uint32_t worker, std::uint64_t n, std::uint64_t at, std::uint64_t ticket);

  const tally& counted() const { return tally_; }
  /// The checker has found something.
  bool is_wrong() const { return !judge_.complaints().empty(); }

 private:
  struct sighting {
    std::uint64_t n = 0, at = 0, ticket = 0;
  };
  struct reader {
    std::vector<bool> read = std::vector<bool>(track::capacity, false);
    sighting seen;
  };
  struct later {
    bool operator()(const grant& a, const grant& b) const { return a.granted_at > b.granted_at; }
  };

  grant to_grant(std::uint32_t worker, std::uint64_t n, const entry& e) const;
  void read_one(std::uint32_t worker, std::uint64_t n, std::uint64_t& horizon);
  void forget_read(std::uint32_t worker);
  void read_dead(std::uint32_t worker, std::uint64_t n, std::uint64_t killed_at);

  arena& all_;
  const std::vector<bool> tells_deaths_;
  checker& judge_;
  std::vector<reader> readers_;
  std::priority_queue<grant, std::vector<grant>, later> waiting_;
  tally tally_;
};

}  // namespace inturn::storm
