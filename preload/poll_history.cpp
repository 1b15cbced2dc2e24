#include "preload/poll_history.hpp"

#include <algorithm>

namespace inturn::preload {
namespace {
constexpr auto any = std::memory_order_relaxed;  // poll_history.hpp says why
}

table::request poll_history::span::read() const {
  return {static_cast<inturn::mode>(mode.load(any)), {first.load(any), last.load(any)}, 0};
}

void poll_history::span::write(const table::request& asked) {
  first.store(asked.where.first, any);
  last.store(asked.where.last, any);
  mode.store(static_cast<std::uint32_t>(asked.mode), any);
}

void poll_history::span::add(const table::request& asked) {
  const table::request before = read();
  write({std::max(before.mode, asked.mode),
         {std::min(before.where.first, asked.where.first),
          std::max(before.where.last, asked.where.last)},
         0});
}

void poll_history::forget() {
  for (auto* each : {&failed_at, &since, &interval, &had_at, &held_at}) each->store(0, any);
  failures.store(0, any);
  has.store(0, any);
  has_let_go.store(0, any);
}

}  // namespace inturn::preload
