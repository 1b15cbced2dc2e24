#include "kernel/lock_file.hpp"

// It never hangs where the plain call would not: here, because the owner already holds a lock on the
// file for which the others in the queue wait. Every test runs what could hang in a child, with a
// bound.

namespace inturn::test {
namespace {

using NoHang = lock_file_test;

/// A process that holds `first`, says so, and when it is told to, asks for `second`, and then gives up
/// all.
class converter {
 public:
  template <class Ask>
  converter(const std::filesystem::path& file, Ask first, Ask second)
      : process([=, this] {
          forget_descriptors();
          const auto fd = base::open_file(file.c_str(), O_RDWR);
          turnstile in_turn(fd.get());
          first(in_turn);
          holds->reach();
          require(go->wait());
          second(in_turn);
          has_both->reach();
          require(leave->wait());
        }) {}

  shared<milestone> holds, go, has_both, leave;
  child process;
};

using ask = void (*)(turnstile&);

TEST_F(NoHang, SharedToExclusiveWithAWriterInTheQueue) {
  const auto inside = queue();
  converter p(file, ask([](turnstile& t) { t.flock(LOCK_SH); }),
              ask([](turnstile& t) { t.flock(LOCK_EX); }));
  ASSERT_TRUE(p.holds->wait());
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  child behind = passer(file, LOCK_EX);
  ASSERT_TRUE(until_queued(inside, behind));
  p.go->reach();
  ASSERT_TRUE(
      p.has_both->wait());  // flock converts by letting go first: the writer may have come before
  p.leave->reach();
  EXPECT_EQ(p.process.wait(), 0);
  EXPECT_EQ(writer.wait(), 0);
  EXPECT_EQ(behind.wait(), 0);
}

TEST_F(NoHang, ExclusiveToSharedWithAReaderAndAWriterInTheQueue) {
  const auto inside = queue();
  converter p(file, ask([](turnstile& t) { t.flock(LOCK_EX); }),
              ask([](turnstile& t) { t.flock(LOCK_SH); }));
  ASSERT_TRUE(p.holds->wait());
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  child reader = passer(file, LOCK_SH);
  ASSERT_TRUE(until_queued(inside, reader));
  p.go->reach();
  ASSERT_TRUE(p.has_both->wait());
  p.leave->reach();
  EXPECT_EQ(p.process.wait(), 0);
  EXPECT_EQ(writer.wait(), 0);
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(NoHang, ReadToWriteWithAWriterInTheQueue) {
  const auto inside = queue();
  converter p(file, ask([](turnstile& t) {
                t.ofd(F_RDLCK, {0, 10});
              }),
              ask([](turnstile& t) {
                t.ofd(F_WRLCK, {0, 10});
              }));
  ASSERT_TRUE(p.holds->wait());
  child writer = passer(file, F_WRLCK, {0, 10});
  ASSERT_TRUE(until_front(inside, writer));
  p.go->reach();
  ASSERT_TRUE(p.has_both->wait());  // the only reader: granted while the writer goes on waiting
  EXPECT_TRUE(writer.runs());
  p.leave->reach();
  EXPECT_EQ(p.process.wait(), 0);
  EXPECT_EQ(writer.wait(), 0);
}

TEST_F(NoHang, ByteAHeldAndAToBWaitedForWhileBIsAskedFor) {
  const auto inside = queue();
  converter p(file, ask([](turnstile& t) {
                t.ofd(F_WRLCK, {0, 1});
              }),
              ask([](turnstile& t) {
                t.ofd(F_WRLCK, {1, 1});
              }));
  ASSERT_TRUE(p.holds->wait());
  child both = passer(file, F_WRLCK, {0, 2});
  ASSERT_TRUE(until_front(inside, both));
  p.go->reach();
  ASSERT_TRUE(p.has_both->wait());
  EXPECT_TRUE(both.runs());
  p.leave->reach();
  EXPECT_EQ(p.process.wait(), 0);
  EXPECT_EQ(both.wait(), 0);
}

TEST_F(NoHang, ATryByAHolderGoesPastTheQueue) {
  const auto inside = queue();
  converter p(file, ask([](turnstile& t) {
                t.ofd(F_WRLCK, {0, 1});
              }),
              ask([](turnstile& t) {
                require(t.ofd_for(F_WRLCK, {1, 1}, 0ns));
              }));
  ASSERT_TRUE(p.holds->wait());
  child both = passer(file, F_WRLCK, {0, 2});
  ASSERT_TRUE(until_front(inside, both));
  p.go->reach();
  ASSERT_TRUE(p.has_both->wait());
  p.leave->reach();
  EXPECT_EQ(p.process.wait(), 0);
  EXPECT_EQ(both.wait(), 0);
}

/// A process that holds a POSIX lock on one byte, and then wants another. Its status: 0 or the errno.
child wants_both(const std::filesystem::path& first, const std::filesystem::path& second,
                 std::uint64_t first_byte, std::uint64_t second_byte, milestone& holds,
                 milestone& go) {
  return child([&, first_byte, second_byte]() -> int {
    const auto one = base::open_file(first.c_str(), O_RDWR);
    const auto other = base::open_file(second.c_str(), O_RDWR);
    require(kernel::take_posix(one.get(), F_WRLCK, {first_byte, 1}, {}).granted);
    holds.reach();
    require(go.wait());
    return error_of([&] { kernel::take_posix(other.get(), F_WRLCK, {second_byte, 1}, {}); });
  });
}

TEST_F(NoHang, APosixCycleInOneFileIsTold) {
  shared<milestone> holds, go;
  child a = wants_both(file, file, 0, 1, *holds, *go);
  child b = wants_both(file, file, 1, 0, *holds, *go);
  ASSERT_TRUE(holds->wait(2));
  go->reach();
  const int ends[] = {a.wait(), b.wait()};
  EXPECT_EQ(std::max(ends[0], ends[1]), EDEADLK);
  EXPECT_EQ(std::min(ends[0], ends[1]), 0);
}

TEST_F(NoHang, APosixCycleThroughAPlaceInTheQueueIsTold) {
  const auto other_file = dir / "other";
  write_file(other_file, "");
  const auto other = base::open_file(other_file.c_str(), O_RDWR);
  const auto inside = queue(), inside_other = watch_queue_of(other.get());

  shared<milestone> holds, go_a, go_b;
  child a = wants_both(file, other_file, 0, 0, *holds, *go_a);
  child b = wants_both(other_file, file, 0, 0, *holds, *go_b);
  ASSERT_TRUE(holds->wait(2));
  child front([&] { kernel::take_posix(other.get(), F_WRLCK, {0, 1}, {}); });
  ASSERT_TRUE(until_front(inside_other, front));
  go_a->reach();
  ASSERT_TRUE(until_queued(inside_other, a));  // here the kernel does not see that it waits
  go_b->reach();
  ASSERT_TRUE(until_front(inside, b));
  const int ends[] = {a.wait(), b.wait()};
  EXPECT_EQ(std::max(ends[0], ends[1]), EDEADLK);
  EXPECT_EQ(std::min(ends[0], ends[1]), 0);
  EXPECT_EQ(front.wait(), 0);
}

TEST_F(NoHang, WhoHoldsAnotherFilesLockWaitsInTheQueueForABoundedTimeOnly) {
  const auto inside = queue();
  const auto other_file = dir / "other";
  write_file(other_file, "");
  const auto reader = open();
  ASSERT_EQ(::flock(reader.get(), LOCK_SH), 0);
  child writer = passer(file, LOCK_EX);
  ASSERT_TRUE(until_front(inside, writer));
  // The reader might be waiting for `other`: who holds that must not wait for the writer for ever.
  child c([&] {
    const auto other = base::open_file(other_file.c_str(), O_RDWR);
    require(::flock(other.get(), LOCK_EX) == 0);
    const auto got = kernel::take_flock(open().get(), LOCK_SH, {});
    require(got.granted && !got.ticket && !got.out_of_turn.empty());
  });
  EXPECT_TRUE(until_queued(inside, c));
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(writer.runs());
}

TEST_F(NoHang, WhatTheKernelWouldRefuseIsRefusedBeforeTheQueue) {
  const auto inside = queue();
  const auto holder = open();
  turnstile(holder.get()).ofd(F_WRLCK, {});
  child front = passer(file, F_WRLCK, {});
  ASSERT_TRUE(until_front(inside, front));
  child c([&] {
    forget_descriptors();
    const auto asked = [&](int flags, short type) {
      return error_of([&] { turnstile(open(flags).get()).ofd(type, {}); });
    };
    require(asked(O_RDONLY, F_WRLCK) == EBADF);
    require(asked(O_WRONLY, F_RDLCK) == EBADF);
    require(asked(O_PATH, F_RDLCK) == EBADF);
    require(error_of([&] { turnstile(open(O_PATH).get()).flock(LOCK_SH); }) == EBADF);
  });
  EXPECT_EQ(c.wait(), 0);
  EXPECT_TRUE(front.runs());
}

}  // namespace
}  // namespace inturn::test
