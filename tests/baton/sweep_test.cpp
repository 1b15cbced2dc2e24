#include <gtest/gtest.h>
#include <sched.h>

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "baton/file.hpp"
#include "baton/stepped.hpp"
#include "inturn/baton.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// A member is killed, or stopped, at every instruction of what it does (or, where that is long, at many,
// before, in and after each system call among them). The others must go on; and after a stop, everything must
// be as if there had been none.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct what_it_did {
  std::atomic<std::uint32_t> inside{
      0};  // it knows that it has the turn, and has not begun to hand it on
};

constexpr unsigned my_place = 0, its_place = 1;

/// Tracer and traced take turns; on one core that is some times faster.
void stay_on_one_core() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

/// A baton with the test in place 0 and, in place 1, one that is stepped through something.
struct scene {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
  baton mine{path, {.place = my_place}};
  relay::shared_file file = relay::shared_file::adopt(mine.fd());
  shared<what_it_did> seen;
  std::optional<turn> kept;

  std::uint32_t joins_before = 0;

  /// Has joined itself, and was handed the turn: then it is waited for.
  bool is_its_turn() const {
    const relay::word now = file.words().turn;
    return relay::joins_of(now) != joins_before && relay::is_at(now, its_place);
  }
};

constexpr std::uint64_t endless = 1'000'000;

struct play {
  const char* name;
  std::function<void(scene&)> before;   // in the test, before the process is there
  std::function<void(scene&)> subject;  // in the process: marks the part
  std::function<void(scene&)> meanwhile = [](scene&) {
  };                               // in the test, while it is at the first mark
  std::uint64_t most = 1'000'000;  // instructions: for what has no end
};

void PrintTo(const play& p, std::ostream* out) { *out << p.name; }

const play plays[] = {
    {"join", [](scene&) {},
     [](scene& s) {
       stepped::mark();
       const baton my(s.path, {.place = its_place});
       stepped::mark();
     }},
    {"join_after_a_death_with_the_turn",
     [](scene& s) {
       child dying([&] {
         baton my(s.path, {.place = its_place});
         const turn now = my.wait();
         s.seen->inside = 7;
         for (;;) ::pause();
       });
       ASSERT_TRUE(s.mine.wait_for_members(2, bound));
       s.mine.wait().hand_on();
       ASSERT_TRUE(eventually([&] { return s.seen->inside == 7; }));
       dying.kill();
     },
     [](scene& s) {
       stepped::mark();
       const baton my(s.path, {.place = its_place});
       stepped::mark();
     }},
    {"leave", [](scene&) {},
     [](scene& s) {
       std::optional<baton> my(std::in_place, s.path, baton_options{.place = its_place});
       stepped::mark();
       my.reset();
       stepped::mark();
     }},
    {"leave_when_handed_the_turn", [](scene&) {},
     [](scene& s) {
       std::optional<baton> my(std::in_place, s.path, baton_options{.place = its_place});
       stepped::mark();
       my.reset();
       stepped::mark();
     },
     [](scene& s) { s.mine.wait().hand_on(); }},
    {"take_and_hand_on", [](scene&) {},
     [](scene& s) {
       baton my(s.path, {.place = its_place});
       stepped::mark();
       turn now = my.wait();
       s.seen->inside = 1;
       s.seen->inside = 0;
       now.hand_on();
       stepped::mark();
     },
     [](scene& s) { s.mine.wait().hand_on(); }},
    {"sleep", [](scene& s) { s.kept = s.mine.wait(); },
     [](scene& s) {
       baton my(s.path, {.place = its_place});
       stepped::mark();
       my.wait();
       stepped::mark();
     },
     [](scene&) {}, 3000},
    {"bury",
     [](scene& s) {
       child dying([&] {
         const baton third(s.path, {.place = 2});
         for (;;) ::pause();
       });
       ASSERT_TRUE(s.mine.wait_for_members(2, bound));
       s.mine.wait().hand_to(2);
       dying.kill();
     },
     [](scene& s) {
       baton my(s.path, {.place = its_place});
       stepped::mark();
       my.try_wait();
       stepped::mark();
     }},
};

/// Where to kill or stop: after so many ends of system calls, and then so many instructions.
struct point {
  std::uint64_t calls, instructions;
};

void PrintTo(const point& p, std::ostream* out) {
  *out << p.calls << " ends of calls and " << p.instructions << " instructions";
}

class BatonSweep : public ::testing::TestWithParam<play> {
 protected:
  void SetUp() override { stay_on_one_core(); }

  /// Up to the first mark, and from there to the point, if the part is as long as that.
  static void bring(scene& s, std::optional<stepped>& it, point to) {
    GetParam().before(s);
    s.joins_before = relay::joins_of(s.file.words().turn);
    it.emplace([&s] {
      s.kept.reset();  // the parent's: nothing happens here
      GetParam().subject(s);
    });
    GetParam().meanwhile(s);
    if (it->go_calls(to.calls)) it->go(to.instructions);
  }

  /// Stepping to each of n points costs their distance from where the steps begin: so not all of them, where
  /// they are many.
  static std::vector<point> points() {
    constexpr std::uint64_t steps_to_pay = 150'000;
    const std::uint64_t calls = GetParam().most == endless ? count(&stepped::go_calls) : 0;
    const std::uint64_t length = count(&stepped::go);
    std::vector<point> all;
    if (calls < 10) {
      const std::uint64_t stride = length * length / 2 / steps_to_pay + 1;
      for (std::uint64_t n = 0; n <= length; n += stride) all.push_back({0, n});
    } else {
      const std::uint64_t reach = 2 * length / calls;  // some way into the next one
      for (std::uint64_t c = 0; c <= calls; ++c)
        for (std::uint64_t n = 0; n < 4; ++n)
          all.push_back({c, n == 0 ? 0 : (c * 7919 + n * 104729) % reach});
    }
    std::printf("%s: %llu instructions, %llu system calls, %zu points\n", GetParam().name,
                static_cast<unsigned long long>(length), static_cast<unsigned long long>(calls / 2),
                all.size());
    return all;
  }

 private:
  static std::uint64_t count(bool (stepped::*go)(std::uint64_t)) {
    scene s;
    std::optional<stepped> it;
    bring(s, it, {0, 0});
    std::uint64_t steps = 0;
    while (steps < GetParam().most && ((*it).*go)(1)) ++steps;
    return steps;
  }
};

TEST_P(BatonSweep, KilledThere) {
  int told = 0;
  for (const point where : points()) {
    SCOPED_TRACE(testing::PrintToString(where));
    scene s;
    std::optional<stepped> it;
    bring(s, it, where);
    const bool was_inside = s.seen->inside == 1;
    it->kill();
    s.kept.reset();
    auto first = s.mine.wait_for(bound);
    ASSERT_TRUE(first);
    const bool news = first->previous_owner_died();
    if (was_inside) {
      ASSERT_TRUE(news);
    }
    told += news ? 1 : 0;
    first.reset();
    auto again = s.mine.wait_for(bound);
    ASSERT_TRUE(again && !again->previous_owner_died());
    again.reset();
    // Its place can be had at once, and it goes round with who has it.
    baton successor(s.path, {.place = its_place});
    ASSERT_TRUE(s.mine.wait_for(bound));
    auto its = successor.wait_for(bound);
    ASSERT_TRUE(its && !its->previous_owner_died());
  }
  std::printf("%s: %d times with the turn\n", GetParam().name, told);
}

TEST_P(BatonSweep, StoppedThere) {
  for (const point where : points()) {
    SCOPED_TRACE(testing::PrintToString(where));
    scene s;
    std::optional<stepped> it;
    bring(s, it, where);
    s.kept.reset();
    // Those before it in the circle, and all if it is no member, are not concerned.
    for (int turns = 0; turns < 2; ++turns) {
      if (s.is_its_turn()) break;
      ASSERT_TRUE(s.mine.wait_for(bound));
    }
    // And when it goes on, all is as if nothing had been, until it has left.
    ASSERT_EQ(it->let_go(), 0);
    ASSERT_TRUE(s.mine.wait_for(bound));
    ASSERT_TRUE(s.mine.wait_for(bound));
  }
}

INSTANTIATE_TEST_SUITE_P(In, BatonSweep, ::testing::ValuesIn(plays),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

}  // namespace
}  // namespace inturn::test
