#include "explore/machine.hpp"

// What an access of a simulated process does to the shared memory.

namespace inturn::explore {

u64 machine::perform(state& s, unsigned actor, const op& o, bool late) {
  switch (o.what) {
    case op::kind::is_dead:
      return s.claimed_by[o.at] == nobody;
    case op::kind::claim:
      if (s.claimed_by[o.at] != nobody) return 0;
      s.claimed_by[o.at] = static_cast<u8>(actor);
      return 1;
    case op::kind::unclaim:
      s.claimed_by[o.at] = nobody;
      return 0;
    case op::kind::sleep:
      return 0;
    case op::kind::wake:
      return rouse(s, o.at);
    case op::kind::is_late:
      return late;
    default:
      return access(s, actor, o);
  }
}

u64 machine::access(state& s, unsigned actor, const op& o) {
  const u64 old = layout_.memory(s, o.at);
  switch (o.what) {
    case op::kind::store:
    case op::kind::exchange:
      write(s, actor, o.at, o.value);
      break;
    case op::kind::cas:
      if (old != o.expected) return 0;
      write(s, actor, o.at, o.value);
      return 1;
    case op::kind::add:
      write(s, actor, o.at, old + o.value);
      break;
    case op::kind::set_bits:
      write(s, actor, o.at, old | o.value);
      return 0;
    case op::kind::clear_bits:
      write(s, actor, o.at, old & ~o.value);
      return 0;
    default:
      break;
  }
  return o.what == op::kind::store ? 0 : old;
}

void machine::write(state& s, unsigned actor, place at, u64 value) {
  const u64 old = layout_.memory(s, at);
  if (is_in_lane(at)) {
    if (field_of(at) == field::word)
      referee_.word_changes(s, actor, slot_of(at), old, value);
    else if (field_of(at) != field::parked)
      referee_.range_changes(s, actor, slot_of(at));
  }
  layout_.memory(s, at) = value;
}

bool machine::rouse(state& s, place parked) {
  for (unsigned a = 0; a < actors(); ++a) {
    if (s.stands[a] != standing::asleep || wanted(s, a).at != parked) continue;
    advance(s, a, 0);
    return true;
  }
  return false;
}

}  // namespace inturn::explore
