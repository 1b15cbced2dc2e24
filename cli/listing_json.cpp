#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/listing.hpp"

namespace inturn::cli {
namespace {

using json = nlohmann::ordered_json;

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json seconds(const std::optional<double>& value) {
  return value ? json(std::round(*value * 1000) / 1000) : json(nullptr);
}

json of_holder(const party& p) {
  return {{"pid", or_null(p.pid)},         {"also", p.also},
          {"command", or_null(p.command)}, {"kind", name_of(p.kind)},
          {"mode", name_of(p.mode)},       {"start", p.range.start},
          {"length", p.range.length},      {"held_seconds", seconds(p.seconds)}};
}

json of_waiter(const party& p) {
  return {{"pid", or_null(p.pid)},       {"command", or_null(p.command)},
          {"kind", name_of(p.kind)},     {"mode", name_of(p.mode)},
          {"start", p.range.start},      {"length", p.range.length},
          {"ticket", or_null(p.ticket)}, {"waited_seconds", seconds(p.seconds)}};
}

}  // namespace

std::string as_json(const std::vector<listing>& all) {
  json locks = json::array();
  for (const listing& each : all) {
    json holders = json::array();
    json waiters = json::array();
    for (const party& p : each.holders) holders.push_back(of_holder(p));
    for (const party& p : each.waiters) waiters.push_back(of_waiter(p));
    locks.push_back({{"path", each.path},
                     {"complete", each.complete},
                     {"holders", holders},
                     {"waiters", waiters}});
  }
  // Names and command lines are bytes, JSON is UTF-8: what is none is replaced, not refused.
  return json{{"locks", locks}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace inturn::cli
