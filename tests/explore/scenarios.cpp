#include <utility>

#include "explore/scenario.hpp"

namespace inturn::explore {
namespace {

using kind = action::kind;
using script = std::vector<action>;

constexpr mode shared = mode::shared;
constexpr mode exclusive = mode::exclusive;

/// Bytes. Nearly all faults need only two that do not overlap, and one range over both.
struct bytes {
  u8 first, last;
};
constexpr bytes all{0, 255}, A{0, 0}, B{1, 1}, C{2, 2}, AB{0, 1};

action ask(mode how, bytes where = all, kind what = kind::acquire, u8 slot = 0, u8 agent = 0) {
  return {what, how, where.first, where.last, slot, agent};
}
action leave(u8 slot = 0) { return {.what = kind::leave, .slot = slot}; }

script once(mode how, bytes where = all, kind what = kind::acquire) {
  return {ask(how, where, what), leave()};
}

script operator+(script a, const script& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Holds one, and asks for the other.
script both(bytes first, bytes second, u8 agent, mode how_first = exclusive,
            mode how_second = exclusive) {
  return {ask(how_first, first, kind::acquire, 0, agent),
          ask(how_second, second, kind::acquire, 1, agent), leave(1), leave(0)};
}

/// Each script is a process; they are called P, Q, R, S.
scenario of(std::string name, std::vector<script> scripts) {
  scenario s;
  s.name = std::move(name);
  for (auto& one : scripts) {
    const std::string letter(1, static_cast<char>('P' + s.actors.size()));
    s.actors.push_back({letter, std::move(one), actor::start::at_once, static_cast<u8>(s.lanes++)});
  }
  return s;
}

/// One who comes when all is over, and must find everything free, and hear what has not been told.
scenario with_heir(scenario s) {
  s.actors.push_back(
      {"heir", once(exclusive), actor::start::after_all, static_cast<u8>(s.lanes++)});
  return s;
}

scenario with_newcomer(const script& does, scenario s) {
  script claims{{.what = kind::claim}};
  s.actors.push_back({"newcomer", std::move(claims) + does, actor::start::after_a_death, no_lane});
  return s;
}

scenario with_kills(scenario s, unsigned n = 1) {
  s.kills = n;
  return with_heir(std::move(s));
}

scenario with_stop(scenario s) {
  s.stops = 1;
  return s;
}

scenario with_early_wakes(unsigned n, scenario s) {
  s.early_wakes = n;
  return s;
}

scenario with_watching(scenario s) {
  s.watches = true;
  return s;
}

scenario with_marks(scenario s) {
  s.marks = true;
  return s;
}

scenario with_slots(unsigned n, scenario s) {
  s.slots = n;
  return s;
}

scenario at_most(int preemptions, scenario s) {
  s.preemptions = preemptions;
  return s;
}

std::vector<scenario> make() {
  std::vector<scenario> all_of_them;
  const auto add = [&](scenario s) { all_of_them.push_back(std::move(s)); };
  const script X = once(exclusive), XA = once(exclusive, A), XB = once(exclusive, B);
  const script XAB = once(exclusive, AB);
  const script S = once(shared), SA = once(shared, A);
  const script late_X = once(exclusive, all, kind::acquire_until);
  const script late_XAB = once(exclusive, AB, kind::acquire_until);
  const script try_X = once(exclusive, all, kind::try_acquire);
  const script closes{{.what = kind::close}};

  // Small: also explored without merging states.
  add(with_heir(of("one-round", {X, X})));
  add(with_heir(of("one-round-modes", {S, X})));
  add(with_marks(with_heir(of("one-round-marks", {X + closes, X + closes}))));
  add(with_kills(of("one-round-kill", {X, S})));
  add(with_kills(of("one-round-kill-try", {X, try_X + try_X})));
  add(with_stop(of("one-round-stop", {X, late_X})));

  // Two processes, and newcomers in the lanes of dead ones.
  add(with_heir(of("two", {X + X, X + X})));
  add(with_heir(of("two-modes", {S + X, X + S})));
  add(with_heir(of("two-late", {X + X, late_X + X})));
  add(with_heir(of("two-try", {X + X, try_X + try_X})));
  add(with_early_wakes(2, with_heir(of("two-early", {X + X, X + X}))));
  add(with_watching(with_heir(of("two-watching", {X + X, X + X}))));
  add(with_slots(2, with_heir(of("two-deadlock", {both(A, B, 1), both(B, A, 2)}))));
  add(with_kills(of("two-kill", {X + X, X + X}), 2));
  add(with_kills(of("two-kill-modes", {S + X, X + S}), 2));
  add(with_slots(2, with_kills(of("two-kill-deadlock", {both(A, B, 1), both(B, A, 2)}))));
  add(with_stop(of("two-stop", {X + X, X + X})));
  add(with_stop(of("two-stop-modes", {S + X, X + S})));
  add(with_newcomer(X, with_kills(of("two-newcomer", {X, S}), 2)));
  add(with_slots(2, with_newcomer(X, with_kills(of("two-newcomer-slots", {X, S}), 2))));
  add(with_stop(with_newcomer(S, with_kills(of("two-newcomer-stop", {X, S})))));
  add(with_slots(2, with_newcomer(X, with_newcomer(X, with_kills(of("newcomers", {X}), 2)))));

  // Three.
  add(at_most(4, with_heir(of("three", {X, X, X}))));
  add(at_most(3, with_heir(of("three-rounds", {X + X, X, S + S}))));
  add(with_heir(of("three-modes", {S, X, S})));
  add(with_heir(of("three-ranges", {XA, XAB, XB})));
  add(at_most(4, with_heir(of("three-ranges-rounds", {XA + XB, XB, XB}))));
  add(with_heir(of("three-late", {S, late_X, S})));
  add(with_heir(of("three-late-ranges", {XA, late_XAB, XB})));
  add(with_heir(of("three-try", {X, try_X, try_X})));
  add(at_most(1, with_slots(2, with_heir(of("three-deadlock",
                                            {both(A, B, 1), both(B, C, 2), both(C, A, 3)})))));
  add(at_most(
      1, with_slots(2, with_heir(of("three-deadlock-queue", {both(A, B, 1, shared), XA,
                                                             both(B, A, 3, exclusive, shared)})))));
  add(at_most(1, with_slots(2, with_kills(of("three-kill-deadlock",
                                             {both(A, A, 1, shared, shared), XA, XA})))));
  add(at_most(4, with_kills(of("three-kill", {X, X, X}))));
  add(with_kills(of("three-kill-modes", {X, S, S}), 2));
  add(at_most(4, with_kills(of("three-kill-ranges", {XAB, SA, XB}), 2)));
  add(at_most(4, with_stop(of("three-stop", {X, X, X}))));
  add(with_stop(of("three-stop-modes", {S, X, S})));
  add(with_stop(of("three-stop-ranges", {XA, XAB, XB})));
  return all_of_them;
}

}  // namespace

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all_of_them = make();
  return all_of_them;
}

}  // namespace inturn::explore
