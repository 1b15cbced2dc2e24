#include "kernel/ahead.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "base/identity.hpp"
#include "lock/snapshot.hpp"
#include "table/words.hpp"

namespace inturn::kernel {
namespace {

bool may_be_stopped(const lock::listed& one) {
  if (one.pid_namespace != base::my_pid_namespace()) return true;
  std::ifstream in("/proc/" + std::to_string(one.pid) + "/task/" + std::to_string(one.tid) +
                   "/stat");
  std::string line;
  std::getline(in, line);
  // PID (COMMAND) STATE ...: the command may contain anything.
  const auto at = line.rfind(") ");
  return at != line.npos && at + 2 < line.size() && (line[at + 2] == 'T' || line[at + 2] == 't');
}

bool is_mine(const lock::listed& one) {
  const base::names me = base::my_names();
  return !one.holds && one.pid == me.pid && one.tid == base::my_thread_id() &&
         one.pid_namespace == me.pid_namespace;
}

bool conflicts(const lock::listed& one, inturn::mode mode, table::extent where) {
  table::extent theirs;
  return table::to_extent(one.range, theirs) && table::conflict(mode, where, one.mode, theirs);
}

}  // namespace

std::optional<std::uint32_t> all_ahead_are_stopped(const region::mapped& side, inturn::mode mode,
                                                   inturn::range where) {
  table::extent mine;
  if (!table::to_extent(where, mine)) return {};
  const auto all = lock::list_requests(side);  // by ticket
  const auto me = std::find_if(all.begin(), all.end(), is_mine);
  std::optional<std::uint32_t> one;
  for (auto other = all.begin(); other != me; ++other) {
    if (!conflicts(*other, mode, mine)) continue;
    if (!may_be_stopped(*other)) return {};
    one = other->pid;
  }
  return me == all.end() ? std::nullopt : one;
}

tries_ahead look_for_tries(const region::mapped& side, inturn::mode mode, inturn::range where) {
  table::extent mine;
  if (!table::to_extent(where, mine)) return {false, false};
  tries_ahead found;
  for (const lock::listed& one : lock::list_requests(side)) {
    if (!conflicts(one, mode, mine)) continue;
    if (one.agent != 0) return {false, false};
    found.all_stopped = found.all_stopped && may_be_stopped(one);
  }
  return found;
}

}  // namespace inturn::kernel
