#include "measure/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "measure/experiments/all.hpp"
#include "measure/table.hpp"

namespace inturn::measure {
namespace {

constexpr std::size_t columns = 100;

const metric* metric_of(const row& r) {
  for (const experiment& each : experiments())
    if (each.name == r.experiment)
      for (const metric& m : each.metrics)
        if (m.name == r.metric) return &m;
  return nullptr;
}

bool is_harm(const row& r) {
  const metric* const m = metric_of(r);
  if (m == nullptr || !m->harm) return false;
  if (const bool* yes = std::get_if<bool>(&r.value)) return *yes;
  const double* const count = std::get_if<double>(&r.value);
  return count != nullptr && *count > 0;
}

cell shown(const row& r) {
  const tone how = is_harm(r) ? tone::bad : tone::plain;
  if (const bool* yes = std::get_if<bool>(&r.value)) return {*yes ? "yes" : "no", how};
  if (const double* figure = std::get_if<double>(&r.value))
    return {for_people(*figure, r.unit), how};
  return {"-", tone::quiet};
}

/// What a column is about: the metric, and those parameters that tell columns apart.
std::string column_of(const row& r, bool of_one_metric) {
  static const std::vector<std::pair<std::string, std::string>> telling{
      {"processes", "{:.0f} p"},
      {"section_us", "{:.0f} us"},
      {"held", "{:.0f} held"},
      {"other_readers", "{:.0f} more"},
      {"files", "{:.0f} files"}};
  std::string name = of_one_metric ? "" : r.metric;
  for (const auto& [parameter_name, pattern] : telling)
    for (const parameter& p : r.parameters)
      if (const double* value = std::get_if<double>(&p.value); p.name == parameter_name && value)
        name += (name.empty() ? "" : ", ") + fmt::format(fmt::runtime(pattern), *value);
  return name;
}

std::size_t index_of(std::vector<std::string>& all, const std::string& name) {
  const auto at = std::find(all.begin(), all.end(), name);
  if (at != all.end()) return static_cast<std::size_t>(at - all.begin());
  all.push_back(name);
  return all.size() - 1;
}

bool is_empty(const cell& c) { return c.text.empty() || c.text == "-"; }

/// Lines and columns in which nothing was measured: why is said below the table.
void drop_empty(std::vector<std::vector<cell>>& rows) {
  for (auto& row : rows) row.resize(rows[0].size());
  for (std::size_t i = rows[0].size(); i-- > 1;)
    if (std::all_of(rows.begin() + 1, rows.end(),
                    [&](const auto& row) { return is_empty(row[i]); }))
      for (auto& row : rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
  std::erase_if(rows, [&](const auto& row) {
    return &row != &rows[0] && std::all_of(row.begin() + 1, row.end(), is_empty);
  });
}

/// One table: a line for each mechanism, a column for each kind of row. Of one metric alone, or of all.
std::string tabulate(const report& r, const experiment& about, const metric* only, bool coloured) {
  std::vector<std::string> names, mechanisms;
  for (const presence& each : r.mechanisms) mechanisms.emplace_back(each.which->name);
  std::vector<std::vector<cell>> rows{{cell{only != nullptr ? std::string(only->name) : ""}}};
  for (const std::string& each : mechanisms) rows.push_back({{each}});
  for (const row& each : r.found.rows) {
    if (each.experiment != about.name || (only != nullptr && each.metric != only->name)) continue;
    const std::size_t line = index_of(mechanisms, each.mechanism) + 1;
    if (only != nullptr && each.parameters.empty()) continue;
    const std::size_t column = index_of(names, column_of(each, only != nullptr)) + 1;
    if (rows[0].size() <= column) rows[0].push_back({names.back()});
    rows[line].resize(std::max(rows[line].size(), column + 1));
    rows[line][column] = shown(each);
  }
  drop_empty(rows);
  return table(rows, coloured);
}

std::string why_not(const results& found, std::string_view experiment, bool coloured) {
  std::vector<std::pair<std::string, std::string>> reasons;  // why, whom
  for (const row& each : found.rows) {
    if (each.experiment != experiment || each.skipped.empty()) continue;
    auto at = std::find_if(reasons.begin(), reasons.end(),
                           [&](const auto& r) { return r.first == each.skipped; });
    if (at == reasons.end()) at = reasons.insert(at, {each.skipped, ""});
    if ((" " + at->second + ",").find(" " + each.mechanism + ",") == std::string::npos)
      at->second += (at->second.empty() ? "" : ", ") + each.mechanism;
  }
  std::string text;
  for (const auto& [why, whom] : reasons)
    text += painted(folded("- " + whom + ": " + why, columns, "  "), tone::quiet, coloured);
  return text;
}

std::string tables_of(const report& r, const experiment& about, bool coloured) {
  std::string text = "\n" + painted(std::string(about.name), tone::heading, coloured) + ": " +
                     std::string(about.question) + "\n";
  // Where there are many cases a metric has a table of its own.
  if (about.name == "contention" || about.name == "ranges")
    for (const metric& each : about.metrics) text += tabulate(r, about, &each, coloured);
  else
    text += tabulate(r, about, nullptr, coloured);
  return text + why_not(r.found, about.name, coloured);
}

std::string heading(const report& r, bool coloured) {
  std::string text;
  for (const breach& each : r.breaches)
    text += painted(fmt::format("EXCLUSION DOES NOT HOLD in {}: {} let two in at once ({})\n",
                                r.where.directory, each.mechanism, each.experiment),
                    tone::bad, coloured);
  const machine& m = r.where;
  text +=
      fmt::format("{}, {}, {} CPUs ({} usable); {} on {} ({}; {})\n", m.kernel, m.cpu_model, m.cpus,
                  m.usable_cpus, m.directory, m.file_system, m.mount_point, m.mount_options);
  text += fmt::format("{:.1f} s; other programs took {:.0f} % of all CPUs meanwhile\n", m.seconds,
                      m.cpu_of_others * 100);
  for (const presence& each : r.mechanisms)
    if (!each.missing.empty())
      text += fmt::format("missing: {}: {}\n", each.which->name, each.missing);
  return text;
}

std::string claims_of(const report& r, bool coloured) {
  static constexpr const char* words[] = {"holds", "in part", "does not hold"};
  static constexpr tone tones[] = {tone::good, tone::plain, tone::bad};
  std::string text;
  if (!r.claims.empty())
    text += "\n" + painted("What the two texts say", tone::heading, coloured) + "\n";
  for (const verdict& each : r.claims) {
    const auto how = static_cast<std::size_t>(each.found.verdict);
    text += folded(fmt::format("{}: {}", each.about->source, each.about->text), columns, "  ");
    text += "    " + painted(words[how], tones[how], coloured) + ": ";
    text += folded(each.found.why, columns, "    ").substr(4);
  }
  return text;
}

}  // namespace

std::string as_text(const report& r, bool coloured) {
  std::string text = heading(r, coloured);
  for (const experiment& each : experiments())
    if (std::any_of(r.found.rows.begin(), r.found.rows.end(),
                    [&](const row& one) { return one.experiment == each.name; }))
      text += tables_of(r, each, coloured);
  return text + claims_of(r, coloured);
}

}  // namespace inturn::measure
