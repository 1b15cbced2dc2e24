#include "measure/experiment.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "measure/interruption.hpp"

namespace inturn::measure {

row& subject::next(std::string_view metric, std::vector<parameter> parameters) {
  const auto known = std::find_if(metrics_.begin(), metrics_.end(),
                                  [&](const auto& each) { return each.name == metric; });
  if (known == metrics_.end()) throw std::logic_error("no such metric: " + std::string(metric));
  ++rows_;
  row& fresh = out_.rows.emplace_back();
  fresh.experiment = experiment_;
  fresh.mechanism = name();
  fresh.metric = metric;
  fresh.unit = known->unit;
  fresh.parameters = std::move(parameters);
  return fresh;
}

void subject::add(std::string_view metric, measured value, std::vector<parameter> parameters) {
  next(metric, std::move(parameters)).value = value;
}

void subject::add(std::string_view metric, const spread& rounds,
                  std::vector<parameter> parameters) {
  row& fresh = next(metric, std::move(parameters));
  fresh.value = rounds.middle;
  fresh.rounds = rounds;
}

void subject::skip(std::string_view metric, const std::string& why,
                   std::vector<parameter> parameters) {
  next(metric, std::move(parameters)).skipped = why;
}

void subject::skip_all(const std::string& why) {
  for (const metric& each : metrics_) skip(each.name, why);
}

void subject::add(trace seen) {
  seen.experiment = experiment_;
  seen.mechanism = name();
  out_.traces.push_back(std::move(seen));
}

void subject::add(waits seen) {
  seen.experiment = experiment_;
  seen.mechanism = name();
  out_.distributions.push_back(std::move(seen));
}

void one_by_one(const setting& here, std::vector<subject>& all,
                const std::function<void(subject&)>& ask) {
  for (subject& each : all) {
    here.doing(each.name());
    try {
      ask(each);
    } catch (const interrupted&) {
      throw;
    } catch (const std::exception& e) {
      each.skip_all(std::string("failed: ") + e.what());
    }
  }
}

std::string fits(const mechanism&) { return {}; }

std::string needs_sharing(const mechanism& m) { return m.can.share ? "" : "it has no shared mode"; }

}  // namespace inturn::measure
