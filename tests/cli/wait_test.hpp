#pragma once

#include <gmock/gmock.h>

#include "cli/command_test.hpp"
#include "support/proc.hpp"

namespace inturn::test {

class WaitTest : public CommandTest {
 protected:
  outcome look(const words& options = {}) const {
    words all{"wait", "-w", "0", lock};
    all.insert(all.end(), options.begin(), options.end());
    return run(all);
  }
  bool is_free(const words& options = {}) const {
    const outcome looked = look(options);
    EXPECT_THAT(looked.status, testing::AnyOf(0, 1)) << looked.err;
    return looked.status == 0;
  }
  program waiter() const { return program(inturn({"wait", lock})); }
  /// It sleeps, and has found the lock held: one that had not would have ended.
  static bool waits(const program& started) {
    return eventually([&] { return asleep(started.pid()); }) && started.runs();
  }
};

}  // namespace inturn::test
