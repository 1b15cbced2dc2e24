#include <vector>

#include "kernel/in_turn.hpp"
#include "kernel/lock_file.hpp"

// First come, first served, among those who come through the turnstile.

namespace inturn::test {
namespace {

using Order = lock_file_test;

/// What happened under the lock, written by those who had it.
struct journal {
  static constexpr std::uint32_t room = 20'000;
  std::atomic<std::uint32_t> count{0}, inside{0}, overlaps{0}, out_of_turn{0};
  std::uint64_t entry[room];

  void write(std::uint64_t what) {
    if (inside.fetch_add(1) != 0) overlaps.fetch_add(1);
    const std::uint32_t at = count.fetch_add(1);
    if (at < room) entry[at] = what;
    inside.fetch_sub(1);
  }
};

/// A stranger who locks and unlocks without pause.
child barger(const std::filesystem::path& file, const std::atomic<std::uint32_t>& stop,
             milestone& runs) {
  return child([&] {
    forget_descriptors();
    const auto fd = base::open_file(file.c_str(), O_RDWR);
    runs.reach();
    while (stop == 0) {
      require(::flock(fd.get(), LOCK_EX) == 0);
      require(::flock(fd.get(), LOCK_UN) == 0);
      runs.reach();
    }
  });
}

TEST_F(Order, ThoseQueuedOneByOneAreServedInThatOrderWhoeverBarges) {
  constexpr std::uint32_t many = 12;
  const auto inside = queue();
  shared<journal> log;
  shared<std::atomic<std::uint32_t>> stop;
  shared<milestone> runs;
  const auto holder = open();
  ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
  std::vector<child> all;
  for (std::uint32_t i = 0; i < many; ++i) {
    all.emplace_back([&, i] {
      forget_descriptors();
      const auto fd = open();
      turnstile in_turn(fd.get());
      in_turn.flock(LOCK_EX);
      log->write(i);
      in_turn.flock(LOCK_UN);
    });
    ASSERT_TRUE(i == 0 ? until_front(inside, all[i]) : until_queued(inside, all[i]));
  }
  child stranger = barger(file, *stop, *runs);
  ASSERT_TRUE(runs->wait());
  ASSERT_TRUE(eventually([&] { return asleep(stranger.pid()); }));  // in the kernel's queue
  ASSERT_EQ(::flock(holder.get(), LOCK_UN), 0);
  for (child& c : all) EXPECT_EQ(c.wait(), 0);
  stop->store(1);
  EXPECT_EQ(stranger.wait(), 0);
  EXPECT_GT(runs->count(), 1U);
  ASSERT_EQ(log->count, many);
  for (std::uint32_t i = 0; i < many; ++i) EXPECT_EQ(log->entry[i], i);
}

TEST_F(Order, WhoUnlocksAndLocksAgainGoesToTheEnd) {
  const auto inside = queue();
  shared<milestone> holds, go;
  shared<journal> log;
  child releaser([&] {
    const auto fd = open();
    turnstile in_turn(fd.get());
    in_turn.flock(LOCK_EX);
    holds->reach();
    require(go->wait());
    in_turn.flock(LOCK_UN);
    in_turn.flock(LOCK_EX);
    log->write(2);
    in_turn.flock(LOCK_UN);
  });
  ASSERT_TRUE(holds->wait());
  std::vector<child> waiting;
  for (std::uint32_t i = 0; i < 2; ++i) {
    waiting.emplace_back([&, i] {
      const auto fd = open();
      turnstile in_turn(fd.get());
      in_turn.flock(LOCK_EX);
      log->write(i);
      in_turn.flock(LOCK_UN);
    });
    ASSERT_TRUE(i == 0 ? until_front(inside, waiting[i]) : until_queued(inside, waiting[i]));
  }
  go->reach();
  EXPECT_EQ(releaser.wait(), 0);
  for (child& c : waiting) EXPECT_EQ(c.wait(), 0);
  ASSERT_EQ(log->count, 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(log->entry[i], i);
}

/// Every grant has a larger ticket than all before it, seen from inside; nobody is in there twice.
template <class Take, class Release>
void storm(journal& log, std::uint32_t rounds, Take&& take, Release&& release) {
  constexpr int processes = 5;
  std::vector<child> all;
  for (int i = 0; i < processes; ++i)
    all.emplace_back([&] {
      forget_descriptors();
      for (std::uint32_t r = 0; r < rounds; ++r) {
        const kernel::taken got = take();
        require(got.granted);
        if (got.ticket)
          log.write(*got.ticket);
        else
          log.out_of_turn.fetch_add(1);
        release();
      }
    });
  for (child& c : all) EXPECT_EQ(c.wait(60s), 0);
  EXPECT_EQ(log.out_of_turn, 0U);
  EXPECT_EQ(log.overlaps, 0U);
  ASSERT_EQ(log.count, processes * rounds);
  for (std::uint32_t i = 1; i < log.count; ++i) ASSERT_LT(log.entry[i - 1], log.entry[i]) << i;
}

TEST_F(Order, FlockTicketsGrowFromGrantToGrantBesideABarger) {
  shared<journal> log;
  shared<std::atomic<std::uint32_t>> stop;
  shared<milestone> runs;
  child stranger = barger(file, *stop, *runs);
  ASSERT_TRUE(runs->wait(2));
  // Opened anew by each child, which closes what it has inherited.
  base::unique_fd fd;
  std::unique_ptr<kernel::queue> side;
  const auto take = [&] {
    if (!side) {
      fd = open();
      side = std::make_unique<kernel::queue>(fd.get(), lock::kind::flock, options{});
    }
    return kernel::take_in_turn(kernel::flock_lock{fd.get(), LOCK_EX}, {}, *side);
  };
  storm(*log, 400, take, [&] { ::flock(fd.get(), LOCK_UN); });
  stop->store(1);
  EXPECT_EQ(stranger.wait(), 0);
}

TEST_F(Order, OfdTicketsGrowFromGrantToGrantWithEveryWayToWait) {
  shared<journal> log;
  base::unique_fd fd;
  std::unique_ptr<kernel::queue> side;
  std::uint32_t round = 0;
  const auto take = [&] {
    if (!side) {
      fd = open();
      side = std::make_unique<kernel::queue>(fd.get(), lock::kind::ofd, options{});
      round = static_cast<std::uint32_t>(::getpid());
    }
    const kernel::ofd_lock wanted{{fd.get(), F_WRLCK, {5, 10}}};
    // Waits for ever, with a limit, or tries.
    for (;;) {
      const auto kind = static_cast<how>(round++ % 3);
      auto waiting = within(60s);
      waiting.wait = kind;
      if (auto got = kernel::take_in_turn(wanted, waiting, *side); got.granted) return got;
    }
  };
  storm(*log, 150, take, [&] { kernel::ofd_lock{{fd.get(), F_UNLCK, {}}}.attempt(); });
}

TEST_F(Order, ReadersDoNotStarveAWriter) {
  constexpr std::uint32_t readers = 4;
  const auto inside = queue();
  shared<std::atomic<std::uint32_t>> stop, grants;
  shared<milestone> rounds;
  std::vector<child> all;
  for (std::uint32_t i = 0; i < readers; ++i)
    all.emplace_back([&] {
      const auto fd = open();
      turnstile in_turn(fd.get());
      while (*stop == 0) {
        in_turn.flock(LOCK_SH);
        grants->fetch_add(1);
        nap(1ms);
        in_turn.flock(LOCK_UN);
        rounds->reach();
      }
    });
  ASSERT_TRUE(rounds->wait(5 * readers));
  shared<milestone> wrote;
  child writer([&] {
    const auto fd = open();
    turnstile(fd.get()).flock(LOCK_EX);
    wrote->reach();
    require(wrote->wait(2));
  });
  // From when it is seen in the queue, each reader can be granted what it had asked for before, not
  // more.
  bool seen = false;
  ASSERT_TRUE(eventually([&] {
    seen = inside.waits(writer.pid()) || inside.holds(writer.pid());
    return seen || wrote->count() != 0;  // it may be through before it is seen
  }));
  const std::uint32_t before = *grants;
  ASSERT_TRUE(wrote->wait());
  EXPECT_LE(*grants - before, seen ? readers : ~0U);
  stop->store(1);
  wrote->reach();
  EXPECT_EQ(writer.wait(), 0);
  for (child& c : all) EXPECT_EQ(c.wait(), 0);
}

TEST_F(Order, ReadersAreAtTheFrontTogether) {
  const auto inside = queue();
  const auto holder = open();
  turnstile in_turn(holder.get());
  in_turn.flock(LOCK_EX);
  in_turn.ofd(F_WRLCK, {});
  std::vector<child> readers;
  for (int i = 0; i < 2; ++i) {
    readers.push_back(passer(file, LOCK_SH));
    readers.push_back(passer(file, F_RDLCK, {0, 1}));
  }
  for (child& c : readers) EXPECT_TRUE(until_front(inside, c));
}

TEST_F(Order, FlockAndRecordLocksDoNotWaitForEachOther) {
  const auto inside = queue();
  const auto holder = open();
  turnstile in_turn(holder.get());
  in_turn.flock(LOCK_EX);
  child waiting = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, waiting));
  EXPECT_EQ(passer(file, F_WRLCK, {0, 0}).wait(), 0);
  EXPECT_EQ(passer(file, F_WRLCK, {kernel::last_offset, 1}).wait(), 0);
  EXPECT_TRUE(waiting.runs());
}

TEST_F(Order, DisjointRangesDoNotWaitForEachOther) {
  const auto inside = queue();
  const auto holder = open();
  turnstile(holder.get()).ofd(F_WRLCK, {0, 10});
  child waiting = passer(file, F_WRLCK, {5, 10});
  ASSERT_TRUE(until_front(inside, waiting));
  EXPECT_EQ(passer(file, F_WRLCK, {15, 0}).wait(), 0);
  child overlapping = passer(file, F_RDLCK, {14, 1});
  EXPECT_TRUE(until_queued(inside, overlapping));  // though the kernel would let it in
}

}  // namespace
}  // namespace inturn::test
