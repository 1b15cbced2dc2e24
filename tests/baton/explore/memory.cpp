#include "baton/explore/state.hpp"

// What the code still knows of the answers that it has had. Two processes that have come to one place by
// different ways are in one state, if the ways make no difference: else there would be no end of states.

namespace inturn::explore_baton {
namespace {

bool ends_with(const std::vector<op>& all, std::initializer_list<op> tail) {
  return all.size() >= tail.size() && std::equal(tail.begin(), tail.end(), all.end() - tail.size());
}

/// A wait that has set its mark, and looks anew: by the shortest way to there.
void look_anew(process& p) {
  const unsigned other = p.place == 0 ? 1 : 0;
  const u32 both = relay::bit_of(p.place) | relay::bit_of(other);
  p.asked = {op::load64, op::set_bits, op::load64};
  p.answers = {relay::make_word(relay::state::given, other, false, 0, both), 0,
               relay::make_word(relay::state::given, other, false, 1, both)};
}

}  // namespace

void process::hear(op what, u64 answer) {
  asked.push_back(what);
  answers.push_back(answer);
  const auto said = [&](std::size_t back) { return answers[answers.size() - back]; };
  if (ends_with(asked, {op::load64, op::cas}) && answer == 0) {
    // The loop begins again, with the load.
    asked.resize(asked.size() - 2);
    answers.resize(answers.size() - 2);
  } else if (ends_with(asked, {op::load64, op::set_bits, op::load64}) && said(1) != said(3)) {
    look_anew(*this);
  } else if (ends_with(asked, {op::sleep}) && answer == 0) {
    look_anew(*this);
  } else if (ends_with(asked, {op::load64, op::set_bits, op::load64, op::sleep, op::load64}) &&
             said(1) != said(3)) {
    look_anew(*this);
  } else if (ends_with(asked, {op::sleep, op::load64, op::certainly_dead}) && answer == 0) {
    look_anew(*this);
  }
}

}  // namespace inturn::explore_baton
