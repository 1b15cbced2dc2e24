#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "table/words.hpp"

namespace inturn::storm {

/// A lock that was held: what its worker wrote, complete. Times are on the monotonic clock, ns, and lie
/// within the hold: from granted_at to left_at it was certainly held.
struct grant {
  std::uint32_t worker = 0;
  std::uint32_t lock = 0;
  bool exclusive = true;
  table::extent where{};
  std::uint64_t asked_at = 0;
  std::uint64_t after_ticket = 0;  // given out before it asked
  std::uint64_t granted_at = 0;
  std::uint64_t left_at = 0;
  std::uint64_t ticket = 0;  // 0: not known
  bool in_turn = false;      // claims to be in the order
  bool told = false;         // of a death
  bool died = false;         // its holder was killed holding it
  bool is_told = false;      // ... and the next holder has to be told
  /// It was seen in the queue at that time, under that ticket; 0: it was not.
  std::uint64_t seen_at = 0;
  std::uint64_t seen_ticket = 0;
};

/// One that was killed while it asked: it may have been granted, and have heard of a death.
struct lost_ask {
  std::uint32_t lock = 0;
  table::extent where{};
  std::uint64_t killed_at = 0;
  std::uint64_t buried_at = 0;
};

/// Judges grants by what inturn promises (docs/promises.md). Knows no process and no clock.
class checker {
 public:
  struct findings {
    std::uint64_t grants = 0;
    std::uint64_t overlaps = 0;  // two conflicting ones held at once
    std::uint64_t inversions =
        0;  // by ticket, by what was asked after, and by who was seen in the queue
    std::uint64_t secrets = 0;  // the death of an exclusive holder of which the next was not told
    std::uint64_t seen_queued = 0;  // of the grants: those that the queue could be asked about
    // Allowed, and counted:
    std::uint64_t out_of_turn = 0;
    std::uint64_t lost_places = 0;
    std::uint64_t told = 0;
    std::uint64_t unjudged_deaths = 0;
  };

  /// In the order of granted_at.
  void add(const grant& g);
  /// At any time before the grants after it.
  void add(const lost_ask& a) { lost_asks_.push_back(a); }

  const findings& found() const { return found_; }
  /// The first few of what must not be, for people.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  /// The byte ranges of a storm begin within these bytes, or go to the end.
  static constexpr std::uint64_t cells = 16;
  /// So many of a lock's grants are remembered, to be compared with one that was queued meanwhile.
  static constexpr std::size_t memory = 20'000;

  struct history {
    std::deque<grant> recent;
    std::vector<grant> inside;       // left after the latest grant, as far as is known
    std::vector<grant> dead;         // exclusive holders whose death has not been told yet
    std::uint64_t last[cells] = {};  // ticket
    std::uint64_t last_exclusive[cells] = {};
  };

  void check_overlap(history& of, const grant& g);
  void check_tickets(history& of, const grant& g);
  void check_queue(history& of, const grant& g);
  void check_news(history& of, const grant& g);
  bool may_have_been_told(const grant& dead, const grant& g) const;
  void complain(std::uint64_t& count, const char* what, const grant& g, const grant* other);

  std::vector<history> locks_;
  std::deque<lost_ask> lost_asks_;
  findings found_;
  std::vector<std::string> complaints_;
};

}  // namespace inturn::storm
