#include "explore/places.hpp"

namespace inturn::explore {
namespace {

std::string text(u64 n) { return std::to_string(n); }

std::string describe_value(place p, u64 value) {
  return is_in_lane(p) && field_of(p) == field::word ? describe_word(value) : text(value);
}

}  // namespace

std::string name_of(place p) {
  if (p == next_ticket) return "next_ticket";
  if (p == parked_upto) return "parked_upto";
  if (p == used) return "used";
  if (p < used) return "used_summary[" + text(p - used_summary) + "]";
  static constexpr const char* names[] = {"word", "first", "last", "agent", "parked"};
  const slot_id id = slot_of(p);
  return std::string(names[static_cast<unsigned>(field_of(p))]) + "[" + text(id.lane) + "." +
         text(id.index) + "]";
}

std::string describe_word(u64 word) {
  static constexpr const char* states[] = {"FREE",      "ENTERING", "QUEUED", "HELD",
                                           "UPGRADING", "DIED",     "?6",     "?7"};
  static constexpr const char* modes[] = {"shared", "update", "exclusive", "?"};
  if (word == table::free_word) return "FREE";
  std::string out = states[word & 7];
  out += std::string("(") + modes[static_cast<unsigned>(table::mode_of(word))];
  if (table::ticket_of(word) != 0) out += " " + text(table::ticket_of(word));
  if (table::is_told(word)) out += " told";
  return out + ")";
}

std::string describe(const op& o, u64 result) {
  const auto value = [&](u64 v) { return describe_value(o.at, v); };
  switch (o.what) {
    case op::kind::load:
      return "reads " + name_of(o.at) + ": " + value(result);
    case op::kind::store:
    case op::kind::exchange:
      return "writes " + name_of(o.at) + " := " + value(o.value);
    case op::kind::cas:
      return "CAS " + name_of(o.at) + " " + value(o.expected) + " -> " + value(o.value) +
             (result != 0 ? "" : ": fails");
    case op::kind::add:
      return "takes " + text(result) + " from " + name_of(o.at);
    case op::kind::set_bits:
      return "sets bits " + text(o.value) + " of " + name_of(o.at);
    case op::kind::clear_bits:
      return "clears bits " + text(o.value) + " of " + name_of(o.at);
    case op::kind::is_dead:
      return "asks for the owner of lane " + text(o.at) + ": " + (result != 0 ? "dead" : "alive");
    case op::kind::claim:
      return "claims lane " + text(o.at) + (result != 0 ? "" : ": fails");
    case op::kind::unclaim:
      return "gives lane " + text(o.at) + " back";
    case op::kind::sleep:
      return "sleeps on " + name_of(o.at);
    case op::kind::wake:
      return "wakes " + name_of(o.at) + (result != 0 ? "" : ": nobody is asleep");
    case op::kind::is_late:
      return std::string("looks at the clock: ") + (result != 0 ? "too late" : "in time");
    case op::kind::nothing:
      return "has ended";
  }
  return "?";
}

}  // namespace inturn::explore
