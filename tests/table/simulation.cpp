#include "table/simulation.hpp"

#include <algorithm>
#include <stdexcept>

namespace inturn::table::test {
namespace {

constexpr std::uint32_t lanes = 5;
constexpr std::uint32_t last_comer = lanes;  // a lane that is used at the very end
constexpr unsigned bytes = 6;

}  // namespace

simulation::simulation(std::uint64_t seed)
    : world_(lanes + 1), random_(seed), lives_(lanes + 1, true) {}

void simulation::check(bool good, const std::string& what) const {
  if (!good) throw std::runtime_error("step " + std::to_string(steps_) + ": " + what);
}

std::optional<slot_id> simulation::any_slot(state s) {
  std::vector<slot_id> all;
  for (std::uint32_t l = 0; l < lanes; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane && lives_[l]; ++i)
      if (state_of(world_.word_at({l, i})) == s) all.push_back({l, i});
  if (all.empty()) return {};
  return all[below(static_cast<unsigned>(all.size()))];
}

request simulation::any_request(std::uint32_t lane) {
  const unsigned first = below(bytes);
  const extent where{first, one_in(8) ? ~std::uint64_t{0} : std::min(first + below(3), bytes - 1)};
  const mode m = one_in(2) ? mode::shared : mode::exclusive;
  // A lane is one thread, as far as it says so. A thread waits for one thing at a time.
  const std::uint64_t agent = lane + 1;
  const bool waits =
      std::any_of(model_.entries().begin(), model_.entries().end(),
                  [&](const model::entry& e) { return e.agent == agent && !e.held; });
  return {m, where, waits || one_in(3) ? 0 : agent};
}

void simulation::step() {
  ++steps_;
  const unsigned n = below(100);
  const std::uint32_t lane = below(lanes);
  if (n < 35) {
    if (const auto id = any_slot(state::free)) ask(*id);
  } else if (n < 45) {
    if (const auto id = any_slot(state::free)) try_to_get(*id);
  } else if (n < 75) {
    if (const auto id = any_slot(state::held)) release(*id);
  } else if (n < 83) {
    if (const auto id = any_slot(state::queued)) give_up(*id);
  } else if (n < 92) {
    if (const auto id = any_slot(state::queued)) look_again(*id);
  } else if (n < 94) {
    if (lives_[lane]) kill(lane);
  } else {
    if (!lives_[lane]) come_again(lane);
  }
  let_the_woken_look();
  if (one_in(4)) let_all_look();
  compare();
}

/// `call` is one of the table's, which may fall asleep.
template <class Call>
simulation::outcome simulation::perform(slot_id id, Call call) {
  outcome o{outcome::kind::asleep, ending::granted, {}};
  try {
    o.why = call(o.got);
    o.what = o.why == ending::granted ? outcome::kind::granted : outcome::kind::refused;
  } catch (const falls_asleep&) {
    check(world_.table().data_of(id).parked == 1, "asleep without a mark");
  }
  return o;
}

/// What has to come of a request that is not refused for its own sake.
void simulation::settle(slot_id id, const outcome& o) {
  const bool may_go = model_.may_go(id);
  // Having cleared the dead of a cycle, it may sleep once more before it asks about the next one.
  const bool all_live = std::all_of(lives_.begin(), lives_.end(), [](bool l) { return l; });
  if (o.what == outcome::kind::asleep && !all_live) return;
  check(may_go == (o.what == outcome::kind::granted),
        may_go ? "not granted, and nobody was in its way" : "granted too early");
  if (!may_go) return;
  ++grants;
  const bool news = model_.grant(id);
  check(news == o.got.news, news ? "not told of a death" : "told of a death that was none");
  told += news;
}

void simulation::ask(slot_id id) {
  const request asked = any_request(id.lane);
  world_.table().data_of(id).agent = asked.agent;
  const outcome o = perform(id, [&](grant& got) { return acquire(world_, id, asked, got); });
  model_.ask(id, asked.mode, asked.where, asked.agent);
  if (model_.closes_cycle(id)) {
    check(o.what == outcome::kind::refused && o.why == ending::deadlock, "a deadlock is not seen");
    ++deadlocks;
    return model_.end(id);
  }
  check(o.what != outcome::kind::refused, "refused without reason");
  settle(id, o);
}

void simulation::try_to_get(slot_id id) {
  request asked = any_request(id.lane);
  asked.agent = world_.table().data_of(id).agent = 0;
  const bool free = model_.is_free(asked.mode, asked.where);
  const outcome o = perform(id, [&](grant& got) { return try_acquire(world_, id, asked, got); });
  check(o.what == (free ? outcome::kind::granted : outcome::kind::refused), "a wrong end of a try");
  if (!free) return;
  model_.ask(id, asked.mode, asked.where, 0);
  settle(id, o);
}

void simulation::release(slot_id id) {
  const model::entry e = *model_.find(id);
  model_.end(id);
  leave(world_, id, {{e.mode, e.where, e.agent}, ticket_of(world_.word_at(id))});
}

void simulation::look_again(slot_id id) {
  const model::entry e = *model_.find(id);
  const placed mine{{e.mode, e.where, e.agent}, ticket_of(world_.word_at(id))};
  world_.table().data_of(id).parked = 0;
  const outcome o = perform(id, [&](grant& got) { return await_turn(world_, id, mine, got); });
  if (o.what == outcome::kind::refused) {
    check(world_.time_is_over && o.why == ending::timed_out, "refused without reason");
    // When its time is over it does not ask whether those ahead still live.
    const bool all_live = std::all_of(lives_.begin(), lives_.end(), [](bool l) { return l; });
    check(!model_.may_go(id) || !all_live, "refused, and nobody was in its way");
    ++gave_up;
    return model_.end(id);
  }
  settle(id, o);
}

void simulation::give_up(slot_id id) {
  world_.time_is_over = true;
  look_again(id);
  world_.time_is_over = false;
  check(state_of(world_.word_at(id)) != state::queued, "still waiting after its time");
}

void simulation::kill(std::uint32_t lane) {
  ++deaths;
  lives_[lane] = false;
  world_.kill(lane);
  for (std::uint32_t i = 0; i < slots_per_lane; ++i) model_.die({lane, i});
}

void simulation::come_again(std::uint32_t lane) {
  bury_lane(world_, lane, false);
  world_.claim(lane);
  bury_lane(world_, lane, true);
  lives_[lane] = true;
}

void simulation::let_the_woken_look() {
  while (!world_.woken.empty()) {
    std::swap(world_.woken[below(static_cast<unsigned>(world_.woken.size()))], world_.woken.back());
    const slot_id id = world_.woken.back();
    world_.woken.pop_back();
    if (lives_[id.lane] && state_of(world_.word_at(id)) == state::queued) look_again(id);
  }
  if (are_dead_in_the_table()) return;  // sleepers find them when they look by themselves
  for (const model::entry& e : model_.entries())
    check(e.held || !model_.may_go(e.id), "one who could go was not woken");
}

/// The bound of a sleep, for everybody.
void simulation::let_all_look() {
  std::vector<slot_id> all;
  for (const model::entry& e : model_.entries())
    if (!e.held) all.push_back(e.id);
  std::shuffle(all.begin(), all.end(), random_);
  for (const slot_id id : all)
    if (state_of(world_.word_at(id)) == state::queued) look_again(id);
  let_the_woken_look();
  for (const model::entry& e : model_.entries())
    check(e.held || !model_.may_go(e.id), "one who could go did not");
}

bool simulation::are_dead_in_the_table() {
  for (std::uint32_t l = 0; l < lanes; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane && !lives_[l]; ++i)
      if (is_live(world_.word_at({l, i}))) return true;
  return false;
}

/// Word by word.
void simulation::compare() {
  for (std::uint32_t l = 0; l < lanes; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane && lives_[l]; ++i) {
      const word w = world_.word_at({l, i});
      const model::entry* e = model_.find({l, i});
      check((e != nullptr) == is_live(w), "a request too many, or too few");
      if (e == nullptr) continue;
      check(e->held == (state_of(w) == state::held), "held, and not held");
      check(e->mode == mode_of(w), "another mode");
      check(is_told(w) == (e->told && e->mode == mode::shared), "a wrong mark of news");
    }
}

void simulation::finish() {
  for (std::uint32_t l = 0; l < lanes; ++l)
    if (lives_[l]) kill(l);
  const slot_id id{last_comer, 0};
  model_.ask(id, mode::exclusive, {}, 0);
  settle(id, perform(id, [&](grant& got) { return acquire(world_, id, {}, got); }));
  release(id);
  check(!model_.has_news(), "news is left over");
  for (std::uint32_t l = 0; l <= lanes; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane; ++i)
      check(state_of(world_.word_at({l, i})) == state::free, "something is left in the table");
}

}  // namespace inturn::table::test
