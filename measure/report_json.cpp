#include "measure/report_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace inturn::measure {
namespace {

using json = nlohmann::ordered_json;

/// A whole number without a point; others with three decimals, or six digits if that is less.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  const double whole = std::round(value);
  if (std::fabs(value - whole) < 1e-9 && std::fabs(whole) < 1e15)
    return static_cast<std::int64_t>(whole);
  if (std::fabs(value) >= 1) return std::round(value * 1000) / 1000;
  const double scale = std::pow(10.0, 6 - std::ceil(std::log10(std::fabs(value))));
  return std::round(value * scale) / scale;
}

json of(const measured& value) {
  if (const bool* yes = std::get_if<bool>(&value)) return *yes;
  if (const double* figure = std::get_if<double>(&value)) return number(*figure);
  return nullptr;
}

json of(const parameter& p) {
  if (const bool* yes = std::get_if<bool>(&p.value)) return *yes;
  return number(std::get<double>(p.value));
}

json of(const row& r) {
  json out{{"experiment", r.experiment},
           {"mechanism", r.mechanism},
           {"metric", r.metric},
           {"value", of(r.value)},
           {"unit", r.unit}};
  for (const parameter& each : r.parameters) out[each.name] = of(each);
  if (r.rounds) {
    out["low"] = number(r.rounds->low);
    out["high"] = number(r.rounds->high);
    out["rounds"] = r.rounds->rounds;
  }
  if (!r.skipped.empty()) out["skipped"] = r.skipped;
  return out;
}

json of(const machine& m) {
  return {{"kernel", m.kernel},
          {"architecture", m.architecture},
          {"cpu_model", m.cpu_model},
          {"cpus", m.cpus},
          {"usable_cpus", m.usable_cpus},
          {"directory", m.directory},
          {"file_system", m.file_system},
          {"mount_point", m.mount_point},
          {"mount_source", m.mount_source},
          {"mount_options", m.mount_options},
          {"cpu_of_others", number(m.cpu_of_others)},
          {"seconds", number(m.seconds)}};
}

json of(const presence& p) {
  const mechanism& m = *p.which;
  return {{"name", m.name},
          {"what", m.what},
          {"missing", p.missing.empty() ? json(nullptr) : json(p.missing)},
          {"excludes", m.is.excludes},
          {"can_share", m.can.share},
          {"can_convert", m.can.convert},
          {"can_range", m.can.ranges}};
}

json of(const verdict& v) {
  static constexpr const char* words[] = {"holds", "in_part", "does_not_hold"};
  return {{"id", v.about->id},          {"source", v.about->source},
          {"text", v.about->text},      {"experiment", v.about->experiment},
          {"value", of(v.found.value)}, {"verdict", words[static_cast<int>(v.found.verdict)]},
          {"why", v.found.why}};
}

json of(const std::vector<span>& all) {
  json out = json::array();
  for (const auto& [from, to] : all) out.push_back({from, to});
  return out;
}

json of(const trace& t) {
  json processes = json::array();
  for (const traced_process& p : t.processes)
    processes.push_back({{"name", p.name},
                         {"role", p.role},
                         {"holds_per_span", p.merged},
                         {"spans", of(p.spans)},
                         {"waits", of(p.waits)}});
  return {{"experiment", t.experiment},
          {"mechanism", t.mechanism},
          {"start_ns", 0},
          {"end_ns", t.end_ns},
          {"processes", processes}};
}

json of(const waits& w) {
  json quantiles = json::array();
  for (const auto& [q, ns] : w.quantiles) quantiles.push_back({q, number(ns)});
  return {{"experiment", w.experiment},
          {"mechanism", w.mechanism},
          {"processes", number(w.processes)},
          {"section_us", number(w.section_us)},
          {"quantiles", quantiles}};
}

json of(const breach& b) { return {{"mechanism", b.mechanism}, {"experiment", b.experiment}}; }

template <class T>
json list(const std::vector<T>& all) {
  json out = json::array();
  for (const T& each : all) out.push_back(of(each));
  return out;
}

}  // namespace

std::string as_json(const report& r) {
  const json out{{"machine", of(r.where)},
                 {"mechanisms", list(r.mechanisms)},
                 {"not_excluding", list(r.breaches)},
                 {"claims", list(r.claims)},
                 {"results", list(r.found.rows)},
                 {"traces", list(r.found.traces)},
                 {"waits", list(r.found.distributions)}};
  // Paths and mount options are bytes, JSON is UTF-8: what is none is replaced, not refused.
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace inturn::measure
