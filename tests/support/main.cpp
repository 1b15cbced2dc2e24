#include <gtest/gtest.h>
#include <sys/prctl.h>

#include "support/role.hpp"

int main(int argc, char** argv) {
  if (const int status = inturn::test::run_role(argc, argv); status >= 0) return status;
  // Orphans of our children become ours, so that tests can wait for them and kill them.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
