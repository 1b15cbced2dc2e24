#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "kernel/lock_file.hpp"

// Many threads of one process, under the thread sanitizer as well. (It does not know that a file lock
// orders anything: hence the atomics.)

namespace inturn::test {
namespace {

using Threads = lock_file_test;

template <class Body>
void in_threads(int many, Body body) {
  std::latch start(many);
  std::vector<std::thread> all;
  for (int i = 0; i < many; ++i)
    all.emplace_back([&, i] {
      start.arrive_and_wait();
      body(i);
    });
  for (std::thread& t : all) t.join();
}

TEST_F(Threads, EachWithADescriptionOfItsOwnExcludeEachOther) {
  std::atomic<int> inside{0}, overlaps{0};
  in_threads(4, [&](int) {
    const auto fd = open();
    turnstile in_turn(fd.get());
    for (int n = 0; n < 100; ++n) {
      in_turn.flock(LOCK_EX);
      if (inside.fetch_add(1) != 0) ++overlaps;
      inside.fetch_sub(1);
      in_turn.flock(LOCK_UN);
    }
  });
  EXPECT_EQ(overlaps, 0);
}

TEST_F(Threads, AllUseOneTurnstileFromItsFirstCallOn) {
  for (int round = 0; round < 20; ++round) {
    const auto fd = open();
    turnstile in_turn(fd.get());
    in_threads(4, [&](int i) {
      const auto at = static_cast<std::uint64_t>(10 * i);
      in_turn.ofd(F_WRLCK, {at, 10});
      EXPECT_TRUE(in_turn.ofd_for(F_RDLCK, {at, 15}, bound));
      in_turn.flock(i % 2 == 0 ? LOCK_SH : LOCK_EX);
      in_turn.ofd(F_UNLCK, {at, 15});
    });
    in_turn.flock(LOCK_UN);
  }
  EXPECT_TRUE(queue().requests().empty());
}

}  // namespace
}  // namespace inturn::test
