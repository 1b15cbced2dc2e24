#include <functional>
#include <unordered_set>

#include "baton/explore/state.hpp"

namespace inturn::explore_baton {
namespace {

/// Two states with one print are taken for one: 64 bits of it, for some millions of states.
u64 print_of(const state& s) {
  u64 h = 0x9e3779b97f4a7c15U;
  const auto mix = [&h](u64 v) {
    h = (h ^ v) * 0xbf58476d1ce4e5b9U;
    h ^= h >> 29;
  };
  mix(s.turn);
  mix(s.parked);
  for (unsigned p = 0; p < 4; ++p) mix(s.claims[p]);
  for (const process& p : s.all) {
    mix(p.alive);
    if (!p.alive) continue;
    mix(p.joined | u64{p.bounds} << 1);
    mix(p.tries_from);
    mix(p.inside | u64{p.place} << 8 | u64{p.at} << 16 | u64{p.asleep} << 24 | u64{p.late} << 32);
    mix(p.answers.size());
    for (const u64 a : p.answers) mix(a);
  }
  mix(s.kills | u64{s.quiet} << 8 | u64{s.news_owed} << 9 | u64{s.last_inside} << 16);
  mix(s.owed | u64{s.named} << 8);
  return h;
}

struct way_mark {
  unsigned who;
  const char* what;
};

const char* name_of(op what) {
  static const char* const names[] = {"ends",
                                      "loads",
                                      "CAS",
                                      "adds",
                                      "loads parked",
                                      "parks",
                                      "clears parked",
                                      "asks who is dead",
                                      "claims",
                                      "wakes",
                                      "",
                                      "sleeps",
                                      "looks at the clock"};
  return names[static_cast<std::size_t>(what)];
}

class searcher {
 public:
  explicit searcher(const scenario& what) : what_(what) {}

  u64 run() {
    state first;
    first.kills = what_.kills;
    if (what_.hostile) first.turn = *what_.hostile;
    first.all.resize(what_.scripts.size());
    for (process& p : first.all) p.late = what_.late;
    for (unsigned p = 0; p < what_.joined; ++p) {
      first.all[p].place = p;
      first.all[p].joined = true;
      first.claims[p] = p + 1;
      first.turn = relay::with(first.turn, p);
    }
    visit(first);
    return seen_.size();
  }

 private:
  /// Says what it was.
  using change = std::function<const char*(state&)>;

  bool is_done(const state& s, unsigned p) const {
    return !s.all[p].alive || s.all[p].at == what_.scripts[p].size();
  }

  void go(const state& from, unsigned who, const change& how) {
    way_.push_back({who, "does something that it must not"});
    state next = from;
    try {
      way_.back().what = how(next);
    } catch (const foul& f) {
      throw foul(what_.name + ": " + f.what() + "\n" + said());
    }
    visit(next);
    way_.pop_back();
  }

  std::string said() const {
    std::string text;
    for (const way_mark& each : way_)
      text += "  " + std::to_string(each.who) + " " + each.what + "\n";
    return text;
  }

  const char* advance(state& s, unsigned who) const {
    process& p = s.all[who];
    const step& now = what_.scripts[who][p.at];
    if (p.asked.empty()) begin(s, who, now);
    access wanted;
    result out;
    if (!rehearse(now, p.place, p.answers, wanted, out)) {
      perform(s, who, wanted);
      return name_of(wanted.what);
    }
    conclude(s, who, now, out);
    p.answers.clear();
    p.asked.clear();
    p.at += skipped(who, now, out);
    // A call's end changes nothing that others see: the next access follows at once.
    return p.at < what_.scripts[who].size() ? advance(s, who) : name_of(op::none);
  }

  /// How far the script goes on: after a try that came to nothing there is nothing to hand on, and without a
  /// place there is nothing to do at all.
  unsigned skipped(unsigned who, const step& now, const result& out) const {
    if (out.how == relay::ending::granted) return 1;
    if (now.what == call::join) return static_cast<unsigned>(what_.scripts[who].size());
    return now.what == call::try_wait ? 2 : 1;
  }

  void visit(const state& s) {
    if (!seen_.insert(print_of(s)).second) return;
    bool stuck = true, all_done = true;
    for (unsigned p = 0; p < s.all.size(); ++p) {
      if (is_done(s, p)) continue;
      all_done = false;
      if (!s.all[p].asleep) {
        stuck = false;
        go(s, p, [&, p](state& n) { return advance(n, p); });
      } else if (s.all[p].late > 0) {
        go(s, p, [p](state& n) {
          --n.all[p].late;
          wake(n, p);
          return "wakes early";
        });
      }
      if (s.kills > 0)
        go(s, p, [p](state& n) {
          kill(n, p);
          return "is killed";
        });
    }
    if (stuck && !all_done) let_time_pass(s);
  }

  /// All sleep. Their bounds end one after the other; if nobody was killed, nobody should need that.
  void let_time_pass(const state& s) {
    if (s.quiet && !what_.hostile) throw foul(what_.name + ": a wake-up is lost\n" + said());
    u32 fewest = ~0U;
    for (const process& p : s.all)
      if (p.alive && p.asleep) fewest = std::min(fewest, p.bounds);
    if (fewest > 2) throw foul(what_.name + ": they sleep for ever\n" + said());
    for (unsigned p = 0; p < s.all.size(); ++p)
      if (s.all[p].alive && s.all[p].asleep && s.all[p].bounds == fewest)
        go(s, p, [p](state& n) {
          ++n.all[p].bounds;
          wake(n, p);
          return "has slept to its bound";
        });
  }

  static void wake(state& s, unsigned p) {
    s.all[p].asleep = false;
    s.all[p].hear(op::sleep, 1);
  }

  const scenario& what_;
  std::unordered_set<u64> seen_;
  std::vector<way_mark> way_;
};

}  // namespace

u64 search(const scenario& what) { return searcher(what).run(); }

}  // namespace inturn::explore_baton
