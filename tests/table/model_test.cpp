#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "table/simulation.hpp"

// Knobs: INTURN_TEST_SEED=n for one run with that seed, INTURN_TEST_STEPS=n for its length.

namespace inturn::table::test {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<std::uint64_t> seeds() {
  if (std::getenv("INTURN_TEST_SEED") != nullptr) return {number_from("INTURN_TEST_SEED", 0)};
  return {1, 2, 3, 4, std::random_device()()};
}

TEST(Model, AgreesWithTheTable) {
  const std::uint64_t steps = number_from("INTURN_TEST_STEPS", 300'000);
  for (const std::uint64_t seed : seeds()) {
    simulation s(seed);
    try {
      for (std::uint64_t i = 0; i < steps; ++i) s.step();
      s.finish();
    } catch (const std::runtime_error& e) {
      FAIL() << e.what() << "\nto see it again: INTURN_TEST_SEED=" << seed;
    }
    std::cout << "seed " << seed << ": " << steps << " steps, " << s.grants << " grants, "
              << s.gave_up << " gave up, " << s.deaths << " deaths, " << s.told << " told of one, "
              << s.deadlocks << " deadlocks\n";
    if (steps < 100'000) continue;
    EXPECT_GT(s.grants, steps / 10) << "the test has lost its bite";
    EXPECT_GT(s.told, steps / 1000);
    EXPECT_GT(s.deadlocks, steps / 1000);
    EXPECT_GT(s.gave_up, steps / 1000);
  }
}

}  // namespace
}  // namespace inturn::table::test
