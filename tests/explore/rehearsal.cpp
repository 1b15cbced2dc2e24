#include "explore/rehearsal.hpp"

namespace inturn::explore {

using table::point;

u64 automaton::rehearsal::answer(const op& asked) {
  if (is_constant(asked)) return memory_.at_first[asked.at];
  if (asked.what == op::kind::is_dead && !memory_.deaths) return 0;
  if (given_ == answers_.size()) {
    wants = asked;
    throw enough{};
  }
  const u64 a = answers_[given_++];
  events.clear();
  begins.clear();
  is_between_calls_ = false;
  if (asked.what == op::kind::add) last_ticket_ = a;
  if (is_after_sleep(asked)) parking_behind_ = 0;
  const bool passes_a_free_slot =
      point_ != point::looked && asked.what == op::kind::load && a == table::free_word;
  is_fresh_ = is_fresh_ && passes_a_free_slot;
  return a;
}

bool automaton::rehearsal::is_constant(const op& asked) const {
  if (asked.what > op::kind::clear_bits || memory_.changes[asked.at]) return false;
  if (asked.what != op::kind::load)
    throw std::logic_error("the scenario does not expect a change of " + name_of(asked.at));
  return true;
}

void automaton::rehearsal::hear(const event& e) {
  const bool begins_a_step = e.what == event::kind::calls || e.what == event::kind::leaves;
  (begins_a_step ? begins : events).push_back(e);
}

void automaton::rehearsal::knows_only(u64 situation, std::vector<ticket> tickets) {
  script_ = situation;
  held_ = std::move(tickets);
  is_between_calls_ = true;
  is_fresh_ = false;
  parking_behind_ = 0;
}

void automaton::rehearsal::pass(point where, const table::survey& seen) {
  // With lanes that come and go, a look also remembers which it has still to visit.
  if (memory_.changes[used]) return;
  point_ = where;
  is_fresh_ = true;
  seen_ = {};
  if (where == point::parking) {
    parking_behind_ = seen.latest;
    return;
  }
  seen_.ahead = seen.ahead != 0;
  seen_.latest = seen.latest;
  if (parking_behind_ != 0) return;  // nothing else matters after the second look
  seen_.front = seen.front;
  seen_.news = seen.news;
}

bool automaton::rehearsal::is_at_crossroads() const {
  if (remembers_ == memory_of_code::everything) return is_over();
  return is_fresh_ || is_between_calls_ || is_over() || is_writing_request() ||
         is_after_sleep(wants);
}

std::vector<ticket> automaton::rehearsal::tickets_remembered() const {
  if (is_over()) return {};
  std::vector<ticket> out = held_;
  if (!is_fresh_ && !is_after_sleep(wants)) return out;
  out.push_back(last_ticket_);
  if (is_fresh_)
    out.insert(out.end(), {table::ticket_of(seen_.front.seen), seen_.latest, parking_behind_});
  return out;
}

u64 automaton::rehearsal::situation() const {
  if (is_over()) return 0;
  u64 h = hash_of({script_, is_between_calls_ ? 1U : 0U, is_fresh_ ? 1U : 0U, begins.size()});
  if (!is_fresh_) return h;
  return hash_of({h, static_cast<u64>(point_), parking_behind_ != 0 ? 1U : 0U, seen_.ahead,
                  seen_.front.id.lane, seen_.front.id.index, seen_.front.seen & 63,
                  seen_.news ? 1U : 0U});
}

}  // namespace inturn::explore
