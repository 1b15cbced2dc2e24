#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/identity.hpp"

namespace inturn::test {
namespace {

TEST(IdentityThreads, EveryThreadIsAnotherAgentOfTheSameProcess) {
  std::mutex guard;
  std::set<std::uint64_t> agents, processes;
  const auto look = [&] {
    const std::lock_guard lock(guard);
    agents.insert(base::agent_identity(0));
    processes.insert(base::process_identity());
    agents.insert(base::agent_identity(0));
  };
  std::vector<std::thread> at_once;
  for (int i = 0; i < 20; ++i) at_once.emplace_back(look);
  for (auto& t : at_once) t.join();
  // One after the other: the system gives them the same id again.
  for (int i = 0; i < 20; ++i) std::thread(look).join();
  EXPECT_EQ(agents.size(), 40U);
  EXPECT_EQ(processes.size(), 1U);
}

}  // namespace
}  // namespace inturn::test
