#pragma once

#include <stdexcept>
#include <utility>

#include "explore/automaton.hpp"
#include "explore/hash.hpp"

namespace inturn::explore {

/// One run of the code, with the answers given, until it asks for one more.
class automaton::rehearsal : public oracle {
 public:
  struct enough {};

  rehearsal(const memory_map& memory, memory_of_code remembers, std::vector<u64> answers)
      : memory_(memory), remembers_(remembers), answers_(std::move(answers)) {}

  u64 answer(const op& asked) override;
  void hear(const event& e) override;
  void knows_only(u64 situation, std::vector<ticket> tickets) override;
  void pass(table::point where, const table::survey& seen) override;

  bool is_at_crossroads() const;
  /// At crossroads: all that makes a difference from here on, in two parts.
  std::vector<ticket> tickets_remembered() const;
  u64 situation() const;

  op wants;  // nothing: the script is over
  std::vector<event> events;
  std::vector<event> begins;

 private:
  bool is_constant(const op& asked) const;
  bool is_over() const { return wants.what == op::kind::nothing; }
  bool is_writing_request() const {
    return wants.what == op::kind::store && field_of(wants.at) == field::first;
  }
  static bool is_after_sleep(const op& o) {
    return o.what == op::kind::store && field_of(o.at) == field::parked && o.value == 0;
  }

  const memory_map& memory_;
  const memory_of_code remembers_;
  std::vector<u64> answers_;
  std::size_t given_ = 0;
  // What the script remembers, and the ticket of the present call.
  u64 script_ = 0;
  std::vector<ticket> held_;
  ticket last_ticket_ = 0;
  bool is_between_calls_ = false;
  // The last point that was passed, and whether nothing was found out since.
  table::point point_{};
  table::survey seen_;
  bool is_fresh_ = false;
  ticket parking_behind_ = 0;  // 0: not parking
};

}  // namespace inturn::explore
