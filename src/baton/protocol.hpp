#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include "baton/shared.hpp"

// docs/baton.md in code. Every access to what members share goes through the world, of which there are
// two: the real one (member.cpp), and that of tests/baton, which tries all interleavings of this code.

namespace inturn::relay {

template <class W>
concept world = requires(W& w, std::atomic<std::uint64_t>& a, std::atomic<std::uint32_t>& b) {
  { w.shared() } -> std::same_as<shared_words&>;

  { w.load(a) } -> std::same_as<std::uint64_t>;
  { w.cas(a, std::uint64_t{}, std::uint64_t{}) } -> std::same_as<bool>;
  { w.add(a, std::uint64_t{}) } -> std::same_as<std::uint64_t>;
  { w.load(b) } -> std::same_as<std::uint32_t>;
  /// The bits as they were before.
  { w.set_bits(b, std::uint32_t{}) } -> std::same_as<std::uint32_t>;
  { w.clear_bits(b, std::uint32_t{}) } -> std::same_as<std::uint32_t>;

  /// True only if that place's claim was free at some time after this was called.
  { w.certainly_dead(unsigned{}) } -> std::same_as<bool>;
  /// Whether the claim on that place is ours now, and will be until we end it.
  { w.claim(unsigned{}) } -> std::same_as<bool>;
  /// Wakes the member of that place, if it sleeps.
  w.wake(unsigned{});
  /// Wakes who waits for members.
  w.wake_counters();
  /// Sleeps while `parked` is the second number; not for ever, the longer the further it is to our turn
  /// (the third). True: it slept until that bound, and nobody woke it.
  { w.sleep(unsigned{}, std::uint32_t{}, unsigned{}) } -> std::same_as<bool>;
  /// Looks at the turn for an instant, if that is worth while: true when it is no longer `seen`.
  { w.watch(word{}) } -> std::same_as<bool>;
  /// Whether the caller's time is over.
  { w.over() } -> std::same_as<bool>;
};

enum class ending {
  granted,
  timed_out,
  has_it,    // the caller has the turn already
  lost,      // the caller has not got the turn (any more)
  stranger,  // no such member to hand it to
  full,      // no place is free
  spoilt     // the word changes all the time: somebody writes nonsense
};

struct grant {
  std::uint64_t number = 0;
  bool news = false;
};

/// How often a CAS may fail before the word counts as spoilt: an honest one fails because somebody else's
/// has not, and each of those takes its time.
inline constexpr unsigned most_tries = 100'000;

template <world W>
void wake_place(W& w, unsigned place) {
  auto& parked = w.shared().parked;
  if ((w.load(parked) & bit_of(place)) == 0) return;
  if ((w.clear_bits(parked, bit_of(place)) & bit_of(place)) != 0) w.wake(place);
}

/// One step: then wakes whom it concerns. False: the word is another by now.
template <world W>
bool step(W& w, word from, word to) {
  if (!w.cas(w.shared().turn, from, to)) return false;
  if (state_of(to) == state::given && !is_at(from, place_of(to))) wake_place(w, place_of(to));
  if (members_of(from) != members_of(to)) w.wake_counters();
  return true;
}

/// Removes a member that was found dead after the word with these joins was read. Unless somebody has
/// joined since: that may be a new owner of the place.
template <world W>
bool bury(W& w, unsigned dead, std::uint32_t joins) {
  auto& turn = w.shared().turn;
  for (unsigned tries = 0; tries < most_tries; ++tries) {
    const word seen = w.load(turn);
    if (joins_of(seen) != joins || (!is_member(seen, dead) && !is_at(seen, dead))) return true;
    if (step(w, seen, without(seen, dead, true))) return true;
  }
  return false;
}

/// If that place is dead, as of the word `seen`, removes it.
template <world W>
bool bury_if_dead(W& w, unsigned place, word seen) {
  return w.certainly_dead(place) && bury(w, place, joins_of(seen));
}

/// Becomes a member, at one of the places from first to last.
template <world W>
ending join(W& w, unsigned first, unsigned last, unsigned& me) {
  auto& turn = w.shared().turn;
  for (me = first; me <= last; ++me) {
    const word before = w.load(turn);
    // Before we claim the place: a dead member must not look alive because we have its claim.
    if ((is_member(before, me) || is_at(before, me)) && !bury_if_dead(w, me, before)) continue;
    if (!w.claim(me)) continue;
    for (unsigned tries = 0; tries < most_tries; ++tries) {
      const word seen = w.load(turn);
      if (step(w, seen, with(seen, me))) return ending::granted;
    }
    return ending::spoilt;
  }
  return ending::full;
}

/// Ends a membership; a turn that was handed to it goes on. The claim is to be given up after this.
template <world W>
ending leave(W& w, unsigned me) {
  auto& turn = w.shared().turn;
  for (unsigned tries = 0; tries < most_tries; ++tries) {
    const word seen = w.load(turn);
    if (!is_member(seen, me) && !is_at(seen, me)) return ending::granted;
    if (step(w, seen, without(seen, me, false))) return ending::granted;
  }
  return ending::spoilt;
}

/// Whose turn it is when it is nobody's: what an honest word never says while there are members.
template <world W>
bool pick_up(W& w, word seen) {
  return step(w, seen, pass_on(seen, has_news(seen)));
}

/// A member's wait, from its first look to its end.
template <world W>
class wait_for_turn {
 public:
  wait_for_turn(W& w, unsigned me) : w_(w), me_(me) {}

  ending run(grant& out) {
    for (;;) {
      const word seen = w_.load(turn());
      if (has_taken(seen, me_)) return end(ending::has_it);
      if (is_at(seen, me_)) {
        if (!step(w_, seen, take(seen))) continue;
        out = {w_.add(w_.shared().number, 1) + 1, has_news(seen)};
        return end(ending::granted);
      }
      if (w_.over() && !look_once_more(seen)) return end(ending::timed_out);
      look_after(seen);
    }
  }

 private:
  std::atomic<word>& turn() { return w_.shared().turn; }

  ending end(ending how) {
    if (was_parked_) w_.clear_bits(w_.shared().parked, bit_of(me_));
    return how;
  }

  /// The time is over: but who is dead is not waited for. For so long only: a hostile peer could go on.
  bool look_once_more(word seen) {
    if (looks_left_ == 0) return false;
    --looks_left_;
    return !is_member(seen, me_) || is_nobodys(seen) || bury_if_dead(w_, place_of(seen), seen);
  }

  static bool is_nobodys(word w) {
    return state_of(w) != state::given && state_of(w) != state::taken;
  }

  void look_after(word seen) {
    if (!is_member(seen, me_)) {  // somebody has spoilt the word
      step(w_, seen, with(seen, me_));
    } else if (is_nobodys(seen)) {
      pick_up(w_, seen);
    } else {
      wait(seen);
    }
  }

  void wait(word seen) {
    const unsigned away = distance(seen, me_);
    // Only the next spins, and only before its first sleep.
    if (away == 1 && !was_parked_ && w_.watch(seen)) return;
    was_parked_ = true;
    const std::uint32_t parked = w_.set_bits(w_.shared().parked, bit_of(me_)) | bit_of(me_);
    if (w_.load(turn()) != seen) return;
    // Nothing has moved for as long as this is worth: then whoever has the turn is dead, stopped or slow.
    if (w_.sleep(me_, parked, away) && w_.load(turn()) == seen)
      bury_if_dead(w_, place_of(seen), seen);
  }

  W& w_;
  const unsigned me_;
  bool was_parked_ = false;
  unsigned looks_left_ = 2 * max_members;
};

/// Hands the turn on: to the next in the circle, or to the named one.
template <world W>
ending hand_on(W& w, unsigned me, std::optional<unsigned> to) {
  auto& turn = w.shared().turn;
  for (unsigned tries = 0; tries < most_tries; ++tries) {
    const word seen = w.load(turn);
    if (!has_taken(seen, me)) return ending::lost;
    if (to && (*to >= max_members || !is_member(seen, *to))) return ending::stranger;
    if (step(w, seen, to ? give(seen, *to, false) : pass_on(seen, false))) return ending::granted;
  }
  return ending::spoilt;
}

}  // namespace inturn::relay
