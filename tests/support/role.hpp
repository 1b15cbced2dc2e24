#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "support/child.hpp"

namespace inturn::test {

/// What the test program does when it is executed again: a process that inherits nothing but what
/// exec leaves. Descriptors 0 to 2, and those that are passed on purpose.
///
///   const role hold_it("hold-it", [](const auto& arguments) { ...; return 0; });
///   child c = execute(hold_it, {path});
class role {
 public:
  using body = int (*)(const std::vector<std::string>& arguments);
  role(const char* name, body run);
  const char* name() const { return name_; }

 private:
  const char* name_;
};

/// Starts this program anew in that role. Descriptors in `keep` stay open in it under their numbers.
child execute(const role& as, const std::vector<std::string>& arguments,
              const std::vector<int>& keep = {});

/// Becomes this program in that role; for use in a child.
[[noreturn]] void become(const role& as, const std::vector<std::string>& arguments);

/// For main(): runs the role that the arguments name; -1 if they name none.
int run_role(int argc, char** argv);

}  // namespace inturn::test
