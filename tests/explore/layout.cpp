#include "explore/layout.hpp"

namespace inturn::explore {

layout::layout(const scenario& s) : scenario_(s), slots_(s.slots), seats_(s.lanes * s.slots) {
  if (seats_ > max_seats || s.lanes > max_lanes || s.actors.size() > max_actors)
    throw std::logic_error("scenario " + s.name + " is too large");
  all_.deaths = s.kills > 0 || s.marks;
  all_.at_first[next_ticket] = 1;
  all_.changes[next_ticket] = all_.changes[parked_upto] = true;
  if (s.marks) {
    all_.changes[used_summary] = all_.changes[used] = true;
  } else {
    all_.at_first[used_summary] = 1;
    all_.at_first[used] = (u64{1} << s.lanes) - 1;
  }
  for (unsigned lane = 0; lane < s.lanes; ++lane) add_lane(all_.changes, lane);
  for (place p = 0; p < places; ++p)
    if (all_.changes[p]) add(p);
}

void layout::add(place p) {
  if (size_ == max_memory) throw std::logic_error("scenario " + scenario_.name + " is too large");
  index_[p] = static_cast<u8>(size_++);
}

void layout::add_lane(std::vector<bool>& changes, unsigned lane) const {
  bool agents = false;
  for (const actor& a : scenario_.actors)
    for (const action& step : a.script) agents |= step.agent != 0;
  for (unsigned slot = 0; slot < slots_; ++slot)
    for (const field f : {field::word, field::first, field::last, field::agent, field::parked})
      changes[place_of({lane, slot}, f)] = f != field::agent || agents;
}

void layout::set_up(state& s) const {
  for (place p = 0; p < places; ++p)
    if (all_.changes[p]) s.memory[index_[p]] = all_.at_first[p];
}

memory_map layout::seen_by(const actor& who) const {
  memory_map seen = all_;
  for (const actor& other : scenario_.actors) {
    if (other.when != actor::start::after_all || &other == &who) continue;
    for (place p = place_of({other.lane, 0}, field::word);
         p < place_of({other.lane + 1U, 0}, field::word); ++p)
      seen.changes[p] = false;
  }
  return seen;
}

}  // namespace inturn::explore
