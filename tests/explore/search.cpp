#include "explore/search.hpp"

#include <sstream>

namespace inturn::explore {
namespace {

/// Far more steps than any run can take.
constexpr std::size_t too_deep = 20'000;

class walk {
 public:
  walk(const scenario& s, const limits& l) : machine_(s, l.remembers), limits_(l) {}

  result go() {
    try {
      state s = machine_.beginning();
      if (limits_.preemptions >= 0) s.running = nobody_yet;
      push(s, 0);
      while (!way_.empty() && !is_time_over()) advance();
    } catch (const violation& v) {
      out_.failed = failure{v.what(), taken()};
    }
    out_.states = visited_.size();
    out_.learned = machine_.learned();
    return std::move(out_);
  }

 private:
  struct moment {
    state now;
    choices next;
    unsigned tried = 0;
    u64 fingerprint = 0;
    u8 preemptions = 0;
  };

  void advance() {
    moment& here = way_.back();
    if (here.tried == here.next.size()) {
      visited_.leave(here.fingerprint);
      way_.pop_back();
      return;
    }
    const choice c = here.next[here.tried++];
    const unsigned preemptions = here.preemptions + (is_preemption(here.now, c) ? 1 : 0);
    if (limits_.preemptions >= 0 && preemptions > static_cast<unsigned>(limits_.preemptions)) {
      out_.all_seen = false;
      return;
    }
    state s = here.now;
    ++out_.steps;
    machine_.apply(s, c);
    push(s, static_cast<u8>(preemptions));
  }

  void push(const state& s, u8 preemptions) {
    const u64 fingerprint = machine_.fingerprint(s);
    const auto found = visited_.enter(fingerprint, preemptions);
    if (found == visited_states::finding::known) return;
    if (found == visited_states::finding::on_the_way) throw violation("goes round in a circle");
    if (limits_.digest) add_to_digest(s);
    if (way_.size() == too_deep) throw violation("does not come to an end");
    way_.push_back({s, {}, 0, fingerprint, preemptions});
    way_.back().next = machine_.possible(s);
  }

  void add_to_digest(const state& s) {
    const u64 outside = machine_.fingerprint_from_outside(s);
    if (seen_outside_.enter(outside, 0) != visited_states::finding::fresh) return;
    seen_outside_.leave(outside);
    out_.outside += outside;
  }

  bool is_preemption(const state& s, choice c) const {
    return limits_.preemptions >= 0 && c.what == choice::kind::step && s.running != c.actor &&
           s.running != nobody_yet && machine_.can_step(s, s.running) &&
           !machine_.only_looks_at_the_clock(s, c.actor);
  }

  bool is_time_over() {
    if (++moves_ % 4096 != 0 || clock::now() < limits_.until) return false;
    out_.all_seen = false;
    return true;
  }

  schedule taken() const {
    schedule steps;
    for (const moment& m : way_)
      if (m.tried > 0) steps.push_back(m.next[m.tried - 1]);
    return steps;
  }

  machine machine_;
  const limits limits_;
  visited_states visited_;
  visited_states seen_outside_;
  std::vector<moment> way_;
  std::size_t moves_ = 0;
  result out_;
};

constexpr char letters[] = {'s', 'l', 'w', 'k', 'x'};

}  // namespace

result search(const scenario& s, const limits& l) { return walk(s, l).go(); }

std::string write(const schedule& steps) {
  std::ostringstream out;
  for (std::size_t i = 0; i < steps.size();) {
    std::size_t n = 1;
    while (i + n < steps.size() && steps[i + n].what == steps[i].what &&
           steps[i + n].actor == steps[i].actor)
      ++n;
    out << (i == 0 ? "" : " ") << letters[static_cast<unsigned>(steps[i].what)]
        << static_cast<unsigned>(steps[i].actor);
    if (n > 1) out << '*' << n;
    i += n;
  }
  return out.str();
}

schedule read_schedule(const std::string& text) {
  schedule steps;
  std::istringstream in(text);
  for (std::string one; in >> one;) {
    choice c;
    unsigned actor = 0;
    unsigned times = 1;
    for (u8 k = 0; k < sizeof letters; ++k)
      if (letters[k] == one[0]) c.what = static_cast<choice::kind>(k);
    std::istringstream numbers(one.substr(1));
    char star = 0;
    numbers >> actor >> star >> times;
    c.actor = static_cast<u8>(actor);
    steps.insert(steps.end(), star == '*' ? times : 1, c);
  }
  return steps;
}

void replay(const scenario& s, const schedule& steps,
            const std::function<void(const std::string&)>& say) {
  machine m(s);
  state now = m.beginning();
  try {
    for (const choice& c : steps) {
      m.possible(now);
      say(m.describe(now, c));
      m.apply(now, c);
    }
    m.possible(now);
  } catch (const violation& v) {
    say(std::string("WRONG: ") + v.what());
  }
}

}  // namespace inturn::explore
