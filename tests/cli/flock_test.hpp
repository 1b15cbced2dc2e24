#pragma once

#include <filesystem>
#include <string>

#include "cli/command_test.hpp"

namespace inturn::test {

/// With `flock` as a second name of the command.
class FlockTest : public CommandTest {
 protected:
  FlockTest() { std::filesystem::create_symlink(inturn({})[0], at("flock")); }

  /// By the second name.
  words flock(const words& arguments) const {
    words all{at("flock")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  /// Where the lock file gets descriptor 3.
  static inline const setting bare{{}, close_all_but_the_standard_three};

  outcome run_flock(const words& arguments, const setting& how = bare) const {
    return run_program(flock(arguments), how);
  }
  /// /bin/sh, with our flock as $1 and the lock file as $2.
  outcome run_script(const std::string& script) const {
    return run_program({"sh", "-c", script, "sh", at("flock"), lock}, bare);
  }
};

}  // namespace inturn::test
