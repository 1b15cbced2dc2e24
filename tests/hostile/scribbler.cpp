#include "hostile/scribbler.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/fd.hpp"

namespace inturn::test {
namespace {

using region::layout;
using table::make_word;
using table::slots_per_lane;
using table::state;
using random_source = std::mt19937_64;

constexpr std::uint64_t all_ones = ~std::uint64_t{0};
/// Where honest users are: the first lanes.
constexpr std::uint32_t few = 8;

template <class Each>
void each_slot(layout& r, std::uint32_t lanes, Each&& each) {
  for (std::uint32_t l = 0; l < lanes; ++l)
    for (std::uint32_t i = 0; i < slots_per_lane; ++i)
      each(r.lanes[l].words[i], r.lanes[l].data[i]);
}

void use_all_lanes(layout& r) {
  auto& c = r.header.counters;
  for (auto& w : c.used) w = all_ones;
  for (auto& w : c.used_summary) w = all_ones;
}

std::uint64_t extreme(random_source& random) {
  const std::uint64_t near = random() % 4;
  const std::uint64_t values[] = {0,
                                  near,
                                  all_ones - near,
                                  (all_ones >> 1) + near,
                                  table::max_ticket - near,
                                  std::uint64_t{1} << random() % 64,
                                  random()};
  return values[random() % std::size(values)];
}

std::uint64_t any_word(random_source& random) {
  const auto s = static_cast<state>(random() % 8);
  const auto m = static_cast<mode>(random() % 4);
  return make_word(s, m, extreme(random)) | (random() % 2 == 0 ? table::told_bit : 0);
}

void any_data(table::slot_data& d, random_source& random) {
  d.first = extreme(random);
  d.last = extreme(random);
  d.parked = static_cast<std::uint32_t>(random() % 3);
}

/// Every word and its data are that.
void fill(layout& r, std::uint64_t word, table::extent where, std::uint32_t lanes) {
  const auto agent = r.lanes[0].data[0].agent.load();  // a neighbour's
  each_slot(r, lanes, [&](auto& w, table::slot_data& d) {
    d.first = where.first;
    d.last = where.last;
    d.agent = agent;
    d.parked = 1;
    w = word;
  });
  use_all_lanes(r);
  r.header.counters.parked_upto = all_ones;
}

constexpr table::extent whole{0, all_ones};
constexpr table::extent backwards{all_ones, 0};
constexpr std::uint32_t every = table::max_lanes;

void anything(layout& r, random_source& random) {
  auto* const bytes = reinterpret_cast<std::atomic<std::uint64_t>*>(&r.header.counters);
  const std::size_t words = (sizeof r.header.counters + few * sizeof(table::lane)) / 8;
  for (int i = 0; i < 1000; ++i) bytes[random() % words] = random();
}

void any_state(layout& r, random_source& random) {
  each_slot(r, few, [&](auto& w, table::slot_data& d) {
    if (random() % 2 == 0) any_data(d, random);
    if (random() % 2 == 0) w = any_word(random);
  });
}

void any_state_everywhere(layout& r, random_source& random) {
  each_slot(r, every, [&](auto& w, table::slot_data& d) {
    if (random() % 8 == 0) any_data(d, random);
    if (random() % 2 == 0) w = any_word(random);
  });
  use_all_lanes(r);
}

void swap_slots(layout& r, random_source& random) {
  for (int n = 0; n < 1000; ++n) {
    auto& from = r.lanes[random() % few];
    auto& to = r.lanes[random() % few];
    const auto i = random() % slots_per_lane, k = random() % slots_per_lane;
    to.data[k].first = from.data[i].first.load();
    to.data[k].last = from.data[i].last.load();
    to.data[k].agent = from.data[i].agent.load();
    to.words[k] = from.words[i].load();
  }
}

void everything_held(layout& r, random_source&) {
  fill(r, make_word(state::held, mode::exclusive, 1), whole, every);
}
void everything_queued(layout& r, random_source&) {
  fill(r, make_word(state::queued, mode::exclusive, 1), whole, every);
}
/// Long ways to look for a deadlock: each waits for another's agent.
void everything_waits(layout& r, random_source& random) {
  std::uint64_t n = 1;
  each_slot(r, every, [&](auto& w, table::slot_data& d) {
    d.first = d.last = n;
    if (random() % 2 == 0) d.last = n + 1;
    d.agent = n / 3;
    d.parked = 1;
    w = make_word(n % 2 == 0 ? state::held : state::queued, mode::exclusive, n);
    ++n;
  });
  use_all_lanes(r);
  r.header.counters.parked_upto = all_ones;
}
void everything_enters(layout& r, random_source&) {
  fill(r, make_word(state::entering, mode::exclusive, 0), whole, every);
}
void neighbours_enter(layout& r, random_source&) {
  for (int n = 0; n < 1000; ++n)
    each_slot(r, few, [&](auto& w, table::slot_data&) {
      w = make_word(state::entering, mode::exclusive, 0);
    });
}
void everything_died(layout& r, random_source&) {
  fill(r, make_word(state::died, mode::exclusive, 1), whole, every);
}
void everything_died_nowhere(layout& r, random_source&) {
  fill(r, make_word(state::died, mode::exclusive, 1), backwards, every);
}
void everything_told(layout& r, random_source&) {
  fill(r, make_word(state::held, mode::shared, 1) | table::told_bit, whole, every);
}
void free_with_a_ticket(layout& r, random_source&) {
  fill(r, make_word(state::free, mode::exclusive, 7), whole, every);
}
void wiped_words(layout& r, random_source&) {
  for (int n = 0; n < 1000; ++n)
    each_slot(r, few, [&](auto& w, table::slot_data&) { w = table::free_word; });
}
void sleepless(layout& r, random_source& random) {
  for (int n = 0; n < 1000; ++n) {
    each_slot(r, few, [&](auto&, table::slot_data& d) {
      d.parked = static_cast<std::uint32_t>(random() % 3);
    });
    r.header.counters.parked_upto = random() % 2 == 0 ? 0 : all_ones;
  }
}
void hidden_lanes(layout& r, random_source& random) {
  auto& c = r.header.counters;
  for (int n = 0; n < 1000; ++n) {
    c.used[0] = extreme(random);
    c.used_summary[0] = extreme(random);
  }
}
void tickets_at_the_end(layout& r, random_source& random) {
  r.header.counters.next_ticket = table::max_ticket - random() % 4;
}
void tickets_beyond_the_end(layout& r, random_source& random) {
  r.header.counters.next_ticket = all_ones - random() % 4;
}
void tickets_again(layout& r, random_source& random) {
  r.header.counters.next_ticket = random() % 3;
}
void all_zero(layout& r, random_source&) {
  each_slot(r, few, [&](auto& w, table::slot_data& d) {
    w = 0;
    d.first = d.last = d.agent = 0;
    d.parked = 0;
  });
  auto& c = r.header.counters;
  for (auto& w : c.used) w = 0;
  for (auto& w : c.used_summary) w = 0;
  c.next_ticket = c.parked_upto = 0;
}

const std::vector<scribble> all{
    {"anything", anything, false},
    {"any_state", any_state},
    {"any_state_everywhere", any_state_everywhere},
    {"swap_slots", swap_slots},
    {"everything_held", everything_held},
    {"everything_queued", everything_queued},
    {"everything_waits", everything_waits},
    {"everything_enters", everything_enters},
    {"neighbours_enter", neighbours_enter},
    {"everything_died", everything_died},
    {"everything_died_nowhere", everything_died_nowhere},
    {"everything_told", everything_told},
    {"free_with_a_ticket", free_with_a_ticket},
    {"wiped_words", wiped_words},
    {"sleepless", sleepless},
    {"hidden_lanes", hidden_lanes},
    {"tickets_at_the_end", tickets_at_the_end, false},
    {"tickets_beyond_the_end", tickets_beyond_the_end, false},
    {"tickets_again", tickets_again},
    {"all_zero", all_zero},
};

}  // namespace

const std::vector<scribble>& scribbles() { return all; }

layout& map_for_harm(const std::filesystem::path& path) {
  const base::unique_fd fd = base::open_file(path.c_str(), O_RDWR);
  void* const at = ::mmap(nullptr, sizeof(layout), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "map for harm");
  return *static_cast<layout*>(at);
}

}  // namespace inturn::test
