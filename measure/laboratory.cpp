#include "measure/laboratory.hpp"

#include <algorithm>
#include <exception>
#include <memory>

#include "measure/interruption.hpp"
#include "measure/party.hpp"
#include "measure/ticks.hpp"

namespace inturn::measure {
namespace {

/// Opens and locks it. Whether a second one gets in while the first one holds.
bool lets_two_in(lock_place& place) {
  const shared<scene> where;
  party holder(place, *where);
  party other(place, *where);
  holder.must(lock);
  return !other.must_wait(lock);
}

std::vector<presence> look_for(const std::vector<const mechanism*>& wanted, const site& where) {
  std::vector<presence> all;
  for (const mechanism* each : wanted) {
    presence& here = all.emplace_back(presence{each, {}});
    try {
      here.lets_two_in = lets_two_in(*each->make(where));
    } catch (const interrupted&) {
      throw;
    } catch (const std::exception& e) {
      here.missing = e.what();
    }
  }
  return all;
}

void ask_all(const experiment& about, const setting& here, const std::vector<presence>& mechanisms,
             results& found) {
  std::vector<subject> asked;
  for (const presence& each : mechanisms) {
    subject one(about.name, about.metrics, *each.which, found);
    const std::string unfit = about.unfit(*each.which);
    if (!each.missing.empty())
      one.skip_all("missing: " + each.missing);
    else if (!unfit.empty())
      one.skip_all(unfit);
    else
      asked.push_back(one);
  }
  about.run(here, asked);
}

std::vector<breach> find_breaches(const results& found, const std::vector<presence>& mechanisms) {
  std::vector<breach> all;
  for (const presence& each : mechanisms)
    if (each.lets_two_in && each.which->is.excludes)
      all.push_back({std::string(each.which->name), first_look});
  for (const row& each : found.rows) {
    const double* const count = std::get_if<double>(&each.value);
    if (each.metric != "overlaps" || count == nullptr || *count <= 0) continue;
    const auto whose = std::find_if(mechanisms.begin(), mechanisms.end(), [&](const presence& p) {
      return p.which->name == each.mechanism;
    });
    const bool known = std::any_of(all.begin(), all.end(), [&](const breach& b) {
      return b.mechanism == each.mechanism && b.experiment == each.experiment;
    });
    if (whose->which->is.excludes && !known) all.push_back({each.mechanism, each.experiment});
  }
  return all;
}

}  // namespace

report carry_out(const assignment& what) {
  const interruptible until_here;
  ticks::prepare();
  const site where(what.directory);
  const cpu_meter meter;
  report all;
  all.where = describe(what.directory);
  what.doing("looking for mechanisms");
  all.mechanisms = look_for(what.mechanisms, where);
  for (const experiment* each : what.experiments) {
    setting here{where, what.how_much, [&](const std::string& whom) {
                   what.doing(std::string(each->name) + ": " + whom);
                 }};
    what.doing(std::string(each->name));
    ask_all(*each, here, all.mechanisms, all.found);
  }
  all.where.seconds = meter.seconds();
  all.where.cpu_of_others = meter.part_of_others();
  all.breaches = find_breaches(all.found, all.mechanisms);
  all.claims = judge_all(all.found);
  return all;
}

}  // namespace inturn::measure
