#include <fcntl.h>
#include <sys/file.h>

#include <vector>

#include "cli/command_test.hpp"

namespace inturn::test {
namespace {

using RunOrder = CommandTest;

/// A loop that takes the lock without pause and without inturn.
program barging(const std::string& lock) {
  return program({"sh", "-c", "while :; do flock \"$1\" true; done", "sh", lock});
}

program appending(int number, const std::string& lock, const std::string& file) {
  return program(inturn(
      {"run", lock, "--", "sh", "-c", "echo " + std::to_string(number) + " >> '" + file + "'"}));
}

const std::string one_to_twenty = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ";

TEST_F(RunOrder, TwentyCommandsRunInTheOrderInWhichTheyWereStarted) {
  auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  for (int i = 1; i <= 20; ++i) {
    queue.push_back(appending(i, lock, at("order")));
    ASSERT_TRUE(waiting(static_cast<std::size_t>(i)));
  }
  held.reset();
  for (program& each : queue) EXPECT_EQ(each.wait().status, 0);
  EXPECT_EQ(lines_of(at("order")), one_to_twenty);
}

TEST_F(RunOrder, TwentyCommandsRunInOrderBesideThoseWhoDoNotQueue) {
  const auto is_in_turn = [](const json& waiter) { return !waiter.at("ticket").is_null(); };
  std::vector<program> bargers;
  for (int i = 0; i < 2; ++i) bargers.push_back(barging(lock));
  program holder(inturn({"run", lock, "sh", "-c", "echo holds; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "holds\n"; }));
  std::vector<program> queue;
  for (int i = 1; i <= 20; ++i) {
    queue.push_back(appending(i, lock, at("order")));
    ASSERT_TRUE(eventually([&] {
      const json waiters = show().at("waiters");
      return std::count_if(waiters.begin(), waiters.end(), is_in_turn) == i;
    }));
  }
  holder.end_input();
  for (program& each : queue) EXPECT_EQ(each.wait().status, 0);
  EXPECT_EQ(lines_of(at("order")), one_to_twenty);
}

TEST_F(RunOrder, PlainFlockExcludesRun) {
  program plain({"flock", lock, "sh", "-c", "echo holds; cat"});
  ASSERT_TRUE(eventually([&] { return plain.out() == "holds\n"; }));
  EXPECT_EQ(run({"run", "-n", lock, "true"}).status, 1);
  program waiter(inturn({"run", lock, "echo", "ran"}));
  ASSERT_TRUE(waiting(1));
  EXPECT_EQ(waiter.out(), "");
  plain.end_input();
  EXPECT_EQ(waiter.wait().out, "ran\n");
}

TEST_F(RunOrder, RunExcludesPlainFlock) {
  program holder(inturn({"run", lock, "sh", "-c", "echo holds; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "holds\n"; }));
  EXPECT_EQ(run_program({"flock", "-n", lock, "true"}).status, 1);
  EXPECT_EQ(run_program({"flock", "-n", "-s", lock, "true"}).status, 1);
  holder.end_input();
  EXPECT_EQ(holder.wait().status, 0);
  EXPECT_EQ(run_program({"flock", "-n", lock, "true"}).status, 0);
}

TEST_F(RunOrder, AWaiterThatIsKilledIsPassedOver) {
  auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  for (int i = 1; i <= 5; ++i) {
    queue.push_back(appending(i, lock, at("order")));
    ASSERT_TRUE(waiting(static_cast<std::size_t>(i)));
  }
  queue[0].kill();  // the front, in the kernel's queue
  queue[2].kill();
  EXPECT_TRUE(waiting(3));
  held.reset();
  for (int i : {1, 3, 4}) EXPECT_EQ(queue[static_cast<std::size_t>(i)].wait().status, 0);
  EXPECT_EQ(lines_of(at("order")), "2 4 5 ");
}

TEST_F(RunOrder, OverlappingReadersDoNotStarveAWriter) {
  std::vector<program> readers;
  for (int i = 0; i < 4; ++i)
    readers.push_back(program({"sh", "-c", "while :; do \"$@\"; done", "sh", inturn({})[0], "run",
                               "-s", lock, "sleep", "0.1"}));
  ASSERT_TRUE(eventually([&] { return count_of("holders") > 1; }));
  program writer(inturn({"run", lock, "echo", "wrote"}));
  EXPECT_EQ(writer.wait().out, "wrote\n");
}

TEST_F(RunOrder, ReadersGoTogetherAndNotPastAWriterThatWasThereBefore) {
  auto held = flocked(lock, LOCK_EX);
  std::vector<program> queue;
  const auto join = [&](const char* mode, const char* says) {
    queue.push_back(
        program(inturn({"run", mode, lock, "sh", "-c", std::string("echo ") + says + "; cat"})));
    return waiting(queue.size());
  };
  ASSERT_TRUE(join("-s", "reads") && join("-s", "reads") && join("-x", "writes") &&
              join("-s", "late"));
  held.reset();
  ASSERT_TRUE(eventually([&] { return queue[0].out() + queue[1].out() == "reads\nreads\n"; }));
  EXPECT_TRUE(waiting(2));
  EXPECT_EQ(queue[2].out() + queue[3].out(), "");
  queue[0].end_input();
  queue[1].end_input();
  ASSERT_TRUE(eventually([&] { return queue[2].out() == "writes\n"; }));
  EXPECT_EQ(queue[3].out(), "");
  queue[2].end_input();
  queue[3].end_input();
  EXPECT_EQ(queue[3].wait().out, "late\n");
}

TEST_F(RunOrder, ByteRangesQueueEachForItself) {
  auto held = record_locked(lock, F_OFD_SETLK, F_WRLCK, 0, 10);
  program behind(inturn({"run", "--start", "5", "--length", "20", lock, "echo", "behind"}));
  ASSERT_TRUE(waiting(1));
  program second(inturn({"run", "--start", "20", "--length", "1", lock, "echo", "second"}));
  ASSERT_TRUE(waiting(2)) << "it overlaps one that asked before, though nobody holds the byte";
  EXPECT_EQ(run({"run", "--start", "30", lock, "echo", "apart"}).out, "apart\n");
  held.reset();
  EXPECT_EQ(behind.wait().out, "behind\n");
  EXPECT_EQ(second.wait().out, "second\n");
}

}  // namespace
}  // namespace inturn::test
