#include "lock/snapshot.hpp"

#include <algorithm>

namespace inturn::lock {

std::vector<listed> list_requests(const region::mapped& region) {
  std::vector<listed> all;
  turn world(region);
  table::for_each_request(world, [&](table::slot_id id, table::word v) {
    table::extent where;
    if (!table::is_live(v)) return true;
    const table::slot_data& data = region.table().data_of(id);
    const listed one{
        .holds = table::state_of(v) == table::state::held,
        .mode = table::mode_of(v),
        .range = {},
        .ticket = table::ticket_of(v),
        .pid = data.pid.load(std::memory_order_relaxed),
        .tid = data.tid.load(std::memory_order_relaxed),
        .pid_namespace = data.pid_namespace.load(std::memory_order_relaxed),
        .kind = static_cast<lock::kind>(data.kind.load(std::memory_order_relaxed)),
        .agent = data.agent.load(std::memory_order_relaxed),
        .since_ns = data.since.load(std::memory_order_relaxed),
    };
    if (!table::read_extent(world, id, v, where) || region.certainly_dead(id.lane)) return true;
    all.push_back(one);
    all.back().range = table::to_range(where);
    return true;
  });
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.ticket < b.ticket; });
  return all;
}

}  // namespace inturn::lock
