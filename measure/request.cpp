#include "measure/request.hpp"

#include <unistd.h>

#include <algorithm>

#include "measure/experiments/all.hpp"
#include "measure/laboratory.hpp"
#include "measure/progress.hpp"
#include "measure/report_html.hpp"
#include "measure/report_json.hpp"
#include "measure/report_text.hpp"

namespace inturn::measure {
namespace {

/// Those that are named, in the laboratory's order; all if none is.
template <class T>
std::vector<const T*> chosen(const std::vector<T>& all, const std::vector<std::string>& names) {
  std::vector<const T*> some;
  for (const T& each : all)
    if (names.empty() || std::find(names.begin(), names.end(), each.name) != names.end())
      some.push_back(&each);
  return some;
}

}  // namespace

int answer_request(const request& what, const std::vector<mechanism>& known,
                   const std::function<void(const std::string&)>& print) {
  progress line;
  assignment work;
  work.directory = what.directory;
  work.experiments = chosen(experiments(), what.experiments);
  work.mechanisms = chosen(known, what.mechanisms);
  work.how_much = what.quick ? effort::quick : effort::full;
  work.doing = [&](const std::string& now) { line.show(now); };
  const report found = carry_out(work);
  line.clear();
  if (what.page) what.page(as_html(found));
  print(what.json ? as_json(found) : as_text(found, ::isatty(STDOUT_FILENO) == 1));
  return found.breaches.empty() ? 0 : not_excluding;
}

}  // namespace inturn::measure
