#include <sys/syscall.h>

#include <thread>

#include "kernel/holds.hpp"
#include "kernel/lock_file.hpp"

// Who owns what, as the kernel counts owners, with threads, several descriptions and forks.

namespace inturn::test {
namespace {

using Owners = lock_file_test;
using kernel::answer;

TEST_F(Owners, TheKernelIsAskedWhoHoldsWhat) {
  const auto a = open(), b = open();
  const auto other_end = base::reopen(a.get(), O_RDWR);
  EXPECT_EQ(kernel::description_holds(a.get()), answer::no);
  EXPECT_EQ(kernel::process_holds_any(), answer::no);
  ASSERT_EQ(::flock(a.get(), LOCK_SH), 0);
  EXPECT_EQ(kernel::description_holds(a.get()), answer::yes);
  EXPECT_EQ(kernel::description_holds(b.get()), answer::no);
  EXPECT_EQ(kernel::process_holds_posix(a.get()), answer::no);
  EXPECT_EQ(kernel::process_holds_any(), answer::yes);
  EXPECT_EQ(kernel::description_holds(-1), answer::no);

  struct ::flock byte {};
  byte.l_type = F_WRLCK;
  byte.l_len = 1;
  ASSERT_EQ(::fcntl(b.get(), F_SETLK, &byte), 0);
  EXPECT_EQ(kernel::process_holds_posix(a.get()), answer::yes);
  write_file(dir / "other", "");
  const auto other = base::open_file((dir / "other").c_str(), O_RDWR);
  EXPECT_EQ(kernel::process_holds_posix(other.get()), answer::no);
}

TEST_F(Owners, TheKernelIsAskedEvenWhenTheMainThreadHasEnded) {
  child c([&] {
    std::thread([this] {
      require(eventually([] { return state_of_process(::getpid()) == 'Z'; }));
      const auto fd = open();
      const auto got = kernel::take_flock(fd.get(), LOCK_EX, {});
      require(got.granted && got.ticket && got.out_of_turn.empty());
      require(kernel::description_holds(fd.get()) == answer::yes);
      require(kernel::process_holds_any() == answer::yes);
      ::_exit(0);
    }).detach();
    ::syscall(SYS_exit, 0);
  });
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Owners, ThreadsWithOneDescriptionDoNotWaitForEachOther) {
  const auto inside = queue();
  const auto holder = open();
  turnstile(holder.get()).ofd(F_WRLCK, {0, 1});
  shared<milestone> go, has_b;
  child c([&] {
    forget_descriptors();
    const auto fd = open();
    turnstile in_turn(fd.get());
    std::thread first([&] { in_turn.ofd(F_WRLCK, {0, 2}); });  // waits for byte 0
    require(go->wait());
    in_turn.ofd(F_WRLCK, {1, 1});
    has_b->reach();
    first.join();
  });
  ASSERT_TRUE(until_front(inside, c));
  go->reach();
  ASSERT_TRUE(has_b->wait());  // as the kernel would: to one owner, the two are no conflict
  EXPECT_TRUE(c.runs());
  turnstile(holder.get()).ofd(F_UNLCK, {0, 1});
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Owners, ThreadsOfOneProcessDoNotWaitForEachOthersPosixLocks) {
  const auto inside = queue();
  shared<milestone> held, go, has_b, leave;
  child holder([&] {
    const auto fd = open();
    require(kernel::take_posix(fd.get(), F_WRLCK, {0, 1}, {}).granted);
    held->reach();
    require(leave->wait());
  });
  ASSERT_TRUE(held->wait());
  child c([&] {
    forget_descriptors();
    const auto a = open(), b = open();
    std::thread first([&] { kernel::take_posix(a.get(), F_WRLCK, {0, 2}, {}); });
    require(go->wait());
    kernel::take_posix(b.get(), F_WRLCK, {1, 1}, {});
    has_b->reach();
    first.join();
  });
  ASSERT_TRUE(until_front(inside, c));
  go->reach();
  ASSERT_TRUE(has_b->wait());
  leave->reach();
  EXPECT_EQ(holder.wait(), 0);
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Owners, APosixLockCountsWhicheverDescriptorItCameThrough) {
  const auto inside = queue();
  shared<milestone> holds, go;
  child c([&] {
    const auto a = open(), b = open();
    require(kernel::take_posix(a.get(), F_WRLCK, {0, 1}, {}).granted);
    holds->reach();
    require(go->wait());
    const auto got = kernel::take_posix(b.get(), F_WRLCK, {1, 1}, {});
    require(got.granted && !got.ticket);
    require(got.out_of_turn.find("held already") != std::string::npos);  // and not after a while
  });
  ASSERT_TRUE(holds->wait());
  child both = passer(file, F_WRLCK, {0, 2});
  ASSERT_TRUE(until_front(inside, both));
  go->reach();
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(both.wait(), 0);
}

TEST_F(Owners, OneThreadUnlocksAndConvertsWhileAnotherWaits) {
  const auto inside = queue();
  shared<milestone> go, done;
  const auto holder = open();
  turnstile(holder.get()).ofd(F_WRLCK, {100, 1});
  child c([&] {
    forget_descriptors();
    const auto fd = open();
    turnstile in_turn(fd.get());
    in_turn.ofd(F_RDLCK, {0, 10});
    std::thread waiter([&] { in_turn.ofd(F_WRLCK, {100, 1}); });
    require(go->wait());
    in_turn.ofd(F_WRLCK, {0, 10});
    in_turn.ofd(F_UNLCK, {0, 10});
    done->reach();
    waiter.join();
  });
  ASSERT_TRUE(until_front(inside, c));
  go->reach();
  EXPECT_TRUE(done->wait());
  turnstile(holder.get()).ofd(F_UNLCK, {});
  EXPECT_EQ(c.wait(), 0);
}

TEST_F(Owners, ASecondDescriptionOfTheSameProcessIsLetThroughAfterAWhile) {
  const auto inside = queue();
  shared<milestone> shares, go;
  child c([&] {
    const auto one = open(), other = open();
    turnstile(one.get()).flock(LOCK_SH);
    shares->reach();
    require(go->wait());
    turnstile(other.get()).flock(LOCK_SH);  // the writer waits for us
  });
  ASSERT_TRUE(shares->wait());
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  go->reach();
  EXPECT_EQ(c.wait(), 0);
  EXPECT_EQ(writer.wait(), 0);
}

TEST_F(Owners, AnInheritedLockCountsAsOnesOwn) {
  const auto inside = queue();
  const auto fd = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_SH);
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  child heir([&] {
    const auto got = kernel::take_flock(fd.get(), LOCK_SH, {});
    require(got.granted && !got.ticket && !got.out_of_turn.empty());
    in_turn.flock(LOCK_SH);
  });
  EXPECT_EQ(heir.wait(), 0);
  EXPECT_TRUE(writer.runs());
}

TEST_F(Owners, ALockThatComesToOurDescriptionWhileWeQueueIsNoticed) {
  const auto inside = queue();
  const auto reader = open(), ours = open();
  ASSERT_EQ(::flock(reader.get(), LOCK_SH), 0);
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  child c([&] {
    // Nothing that this process holds is in the way of `process_holds_any`: it has only the
    // description.
    require(::close_range(3, static_cast<unsigned>(ours.get()) - 1, 0) == 0);
    turnstile(ours.get()).flock(LOCK_SH);
  });
  ASSERT_TRUE(until_queued(inside, c));
  ASSERT_EQ(::flock(ours.get(), LOCK_SH), 0);  // a plain call; shared goes with shared
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(writer.runs());
}

TEST_F(Owners, ParentAndChildUseOneTurnstileEachAsItself) {
  const auto inside = queue();
  const auto fd = open(), holder = open();
  turnstile in_turn(fd.get());
  in_turn.flock(LOCK_EX);
  in_turn.flock(LOCK_UN);
  ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
  child c([&] { in_turn.flock(LOCK_EX); });
  ASSERT_TRUE(until_front(inside, c));  // under its own pid
  ASSERT_EQ(::flock(holder.get(), LOCK_UN), 0);
  EXPECT_EQ(c.wait(), 0);
  in_turn.flock(LOCK_UN);  // the description is the parent's too
  in_turn.flock(LOCK_EX);
  EXPECT_EQ(inside.requests().size(), 0U);
}

}  // namespace
}  // namespace inturn::test
