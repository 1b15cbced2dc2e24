#pragma once

#include "explore/scenario.hpp"
#include "explore/sim_world.hpp"

namespace inturn::explore {

/// Runs an actor's script over the real table code. Leaves by whatever the world throws.
void perform(sim_world& w, const scenario& s, const actor& who);

}  // namespace inturn::explore
