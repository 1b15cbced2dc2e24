#include <fmt/format.h>

#include "measure/claims/all.hpp"
#include "measure/claims/figures.hpp"

namespace inturn::measure {
namespace {

std::optional<finding> readers_starve(const results& r) {
  const auto capped = answer(r, "starve", "posix", "capped");
  const auto waited = figure(r, "starve", "posix", "writer_wait");
  if (!capped || !waited) return {};
  if (*capped)
    return finding{
        *waited, judgement::holds,
        fmt::format("The writer had not been granted after {:.1f} s, when it was given up.",
                    *waited)};
  return finding{*waited, judgement::does_not_hold,
                 fmt::format("The writer was granted after {:.3f} s.", *waited)};
}

}  // namespace

std::vector<claim> book_claims() {
  return {{"book-readers-starve", "book",
           "A series of readers can starve a waiting writer for ever (55.3.6).", "starve",
           readers_starve}};
}

}  // namespace inturn::measure
