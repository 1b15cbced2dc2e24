#include "table/model.hpp"

#include <algorithm>

namespace inturn::table::test {
namespace {

bool share_a_byte(extent a, extent b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

bool model::conflict(const entry& a, const entry& b) {
  return (a.mode == mode::exclusive || b.mode == mode::exclusive) && share_a_byte(a.where, b.where);
}

void model::ask(slot_id id, inturn::mode m, extent where, std::uint64_t agent) {
  entries_.push_back({id, m, where, agent});
}

bool model::may_go(slot_id id) const {
  const entry& mine = *find(id);
  for (const entry& other : entries_) {
    if (&other == &mine) return true;
    if (conflict(other, mine)) return false;
  }
  return false;
}

bool model::is_free(inturn::mode m, extent where) const {
  const entry asked{{}, m, where, 0};
  return std::none_of(entries_.begin(), entries_.end(),
                      [&](const entry& e) { return conflict(e, asked); });
}

/// One who waits, for those ahead; one who holds, for that with which its process waits.
bool model::waits_for(const entry& a, const entry& b) const {
  if (a.held) return !b.held && a.agent != 0 && a.agent == b.agent;
  return &b < &a && conflict(a, b);
}

bool model::closes_cycle(slot_id id) const {
  const entry& mine = *find(id);
  if (mine.agent == 0) return false;
  std::vector<const entry*> reached{&mine};
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (const entry& next : entries_) {
      if (!waits_for(*reached[i], next)) continue;
      if (&next != &mine && next.agent == mine.agent) return true;
      if (std::find(reached.begin(), reached.end(), &next) == reached.end())
        reached.push_back(&next);
    }
  return false;
}

bool model::grant(slot_id id) {
  entry& mine = const_cast<entry&>(*find(id));
  mine.held = true;
  mine.told = std::erase_if(news_, [&](extent e) { return share_a_byte(e, mine.where); }) != 0;
  return mine.told;
}

void model::end(slot_id id) {
  std::erase_if(entries_, [&](const entry& e) { return e.id == id; });
}

void model::die(slot_id id) {
  const entry* mine = find(id);
  if (mine == nullptr) return;
  if (mine->held && (mine->mode == mode::exclusive || mine->told)) news_.push_back(mine->where);
  end(id);
}

const model::entry* model::find(slot_id id) const {
  for (const entry& e : entries_)
    if (e.id == id) return &e;
  return nullptr;
}

}  // namespace inturn::table::test
