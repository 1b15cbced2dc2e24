#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace inturn::test {

/// A line for /bin/sh, in which `flock` is the one under test and $PLAIN is util-linux's. It runs in a
/// directory of its own.
struct flock_script {
  const char* name;
  const char* text;
};

inline void PrintTo(const flock_script& script, std::ostream* out) { *out << script.text; }

inline std::string name_of_script(const testing::TestParamInfo<flock_script>& info) {
  return info.param.name;
}

/// util-linux's flock; empty if there is none.
const std::string& plain_flock();

/// A script run with util-linux's flock, with ours by its second name, and with `inturn flock`: all has to
/// be the same, up to the program's name: standard output and error, exit status, and the files left.
void expect_same(const flock_script& script);

}  // namespace inturn::test
