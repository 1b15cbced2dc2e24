#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "inturn/baton.hpp"

// Several members of one process, a thread each: what the thread sanitizer looks at.

namespace inturn::test {
namespace {

TEST(BatonThreads, TakeTurnsAndSeeWhatWasWritten) {
  constexpr unsigned many = 4;
  constexpr int rounds = 500;
  // Atomics, though the turn is lock enough: each member maps the baton elsewhere, and the sanitizer cannot
  // see that the words in it are the same.
  std::vector<std::atomic<unsigned>> written(many * rounds);
  std::atomic<std::size_t> count{0};
  baton gate = baton::memfd({.place = 31});
  std::vector<std::thread> all;
  for (unsigned place = 0; place < many; ++place)
    all.emplace_back([&, place, fd = gate.fd()] {
      baton my = baton::adopt(fd, {.place = place});
      for (int i = 0; i < rounds; ++i) {
        const turn now = my.wait();
        written[count++] = place;
      }
    });
  gate.wait_for_members(many + 1);
  gate.wait().hand_to(0);
  std::thread leaver([&] { const baton leaves = std::move(gate); });
  leaver.join();
  for (std::thread& each : all) each.join();
  ASSERT_EQ(count, written.size());
  for (std::size_t i = 0; i < written.size(); ++i) ASSERT_EQ(written[i], i % many) << i;
}

}  // namespace
}  // namespace inturn::test
