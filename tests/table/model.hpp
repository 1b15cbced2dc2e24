#pragma once

#include <vector>

#include "table/shared.hpp"

// What the table promises, in the plainest words: one list, in the order of the tickets.

namespace inturn::table::test {

class model {
 public:
  struct entry {
    slot_id id;
    inturn::mode mode;
    extent where;
    std::uint64_t agent;
    bool held = false;
    bool told = false;  // of a death; has to be passed on
  };

  /// At the end of the order.
  void ask(slot_id id, inturn::mode m, extent where, std::uint64_t agent);
  /// Nobody ahead is in its way.
  bool may_go(slot_id id) const;
  /// Nobody holds or waits in conflict.
  bool is_free(inturn::mode m, extent where) const;
  /// Its process would wait for itself.
  bool closes_cycle(slot_id id) const;
  /// Whether it has to be told of a death: of all that overlap, and nobody is told of them again.
  bool grant(slot_id id);
  void end(slot_id id);
  /// The end of one whose process was killed.
  void die(slot_id id);

  const entry* find(slot_id id) const;
  const std::vector<entry>& entries() const { return entries_; }
  bool has_news() const { return !news_.empty(); }

 private:
  static bool conflict(const entry& a, const entry& b);
  bool waits_for(const entry& a, const entry& b) const;

  std::vector<entry> entries_;
  std::vector<extent> news_;
};

}  // namespace inturn::table::test
