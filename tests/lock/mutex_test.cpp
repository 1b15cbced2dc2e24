#include "inturn/mutex.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// The standard library's lock types over a lock_file, between processes.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using wall = std::chrono::system_clock;

struct Mutex : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";
  lock_file file{path};
  region_watch watch{path};
  inturn::mutex one{file, {0, 1}}, two{file, {1, 1}};
  inturn::shared_mutex rw{file, {2, 1}};
  shared<milestone> locked, go_on;

  child holder() {
    child c([this] {
      lock_file mine(path);
      inturn::mutex m(mine, {0, 1});
      inturn::shared_mutex s(mine, {2, 1});
      const std::scoped_lock both(m, s);
      locked->reach();
      require(go_on->wait());
    });
    EXPECT_TRUE(locked->wait());
    return c;
  }
};

TEST_F(Mutex, UniqueLock) {
  {
    std::unique_lock lock(one);
    EXPECT_TRUE(lock.owns_lock());
    EXPECT_EQ(watch.holding(), 1U);
    lock.unlock();
    EXPECT_EQ(watch.holding(), 0U);
    lock.lock();
  }
  EXPECT_EQ(watch.holding(), 0U);
  std::unique_lock lock(one, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
  lock.unlock();
  EXPECT_TRUE(lock.try_lock_for(1s));
}

TEST_F(Mutex, SharedLocks) {
  std::shared_lock reads(rw);
  child other([&] {
    lock_file mine(path);
    inturn::shared_mutex same(mine, {2, 1});
    std::shared_lock also(same);
    require(also.owns_lock() && !std::unique_lock(same, std::try_to_lock).owns_lock());
    also.unlock();
    std::unique_lock alone(same);  // waits for us
  });
  ASSERT_TRUE(watch.until_blocked(other.pid()));
  EXPECT_FALSE(rw.try_lock_shared());  // behind the writer
  reads.unlock();
  EXPECT_EQ(other.wait(), 0);
  std::unique_lock writes(rw);
  EXPECT_EQ(watch.holding(), 1U);
}

TEST_F(Mutex, ScopedLockOfTwoAndStdLock) {
  // Both orders in two processes: std::lock backs off, and EDEADLK is never its business.
  child other([&] {
    lock_file mine(path);
    inturn::mutex a(mine, {0, 1}), b(mine, {1, 1});
    for (int i = 0; i < 500; ++i) const std::scoped_lock both(b, a);
  });
  for (int i = 0; i < 500; ++i) const std::scoped_lock both(one, two);
  EXPECT_EQ(other.wait(60s), 0);
  std::unique_lock a(one, std::defer_lock), b(two, std::defer_lock);
  std::lock(a, b);
  EXPECT_TRUE(a.owns_lock() && b.owns_lock());
}

TEST_F(Mutex, TryLockFails) {
  const child other = holder();
  EXPECT_FALSE(one.try_lock());
  EXPECT_FALSE(rw.try_lock());
  EXPECT_FALSE(rw.try_lock_shared());
  EXPECT_TRUE(two.try_lock());
  two.unlock();
}

TEST_F(Mutex, TimesOnEveryClock) {
  const child other = holder();
  const auto takes = [](auto time, auto call) {
    const auto begun = steady::now();
    EXPECT_FALSE(call());
    EXPECT_GE(steady::now() - begun, time);
  };
  takes(20ms, [&] { return one.try_lock_for(20ms); });
  takes(20ms, [&] { return one.try_lock_for(std::chrono::duration<double>(0.02)); });
  takes(20ms, [&] { return one.try_lock_until(steady::now() + 20ms); });
  takes(10ms, [&] { return one.try_lock_until(wall::now() + 20ms); });
  takes(20ms, [&] { return rw.try_lock_for(20ms); });
  takes(20ms, [&] { return rw.try_lock_shared_for(20ms); });
  takes(10ms, [&] { return rw.try_lock_shared_until(wall::now() + 20ms); });
  takes(20ms, [&] { return rw.try_lock_until(steady::now() + 20ms); });
}

TEST_F(Mutex, TimesThatAreOver) {
  const child other = holder();
  EXPECT_FALSE(one.try_lock_for(0s));
  EXPECT_FALSE(one.try_lock_for(-1h));
  EXPECT_FALSE(one.try_lock_for(std::chrono::hours::min()));
  EXPECT_FALSE(one.try_lock_for(std::chrono::duration<double>(-1e300)));
  EXPECT_FALSE(one.try_lock_until(steady::time_point::min()));
  EXPECT_FALSE(one.try_lock_until(wall::time_point::min()));
  EXPECT_FALSE(one.try_lock_until(wall::now() - 1h));
  EXPECT_FALSE(rw.try_lock_shared_until(std::chrono::time_point<wall, std::chrono::hours>::min()));
  EXPECT_FALSE(rw.try_lock_until(std::chrono::time_point<steady, std::chrono::hours>::min()));
}

TEST_F(Mutex, TimesThatNeverCome) {
  const std::function<bool(inturn::mutex&)> ways[] = {
      [](auto& m) { return m.try_lock_for(std::chrono::nanoseconds::max()); },
      [](auto& m) { return m.try_lock_for(std::chrono::hours::max()); },
      [](auto& m) { return m.try_lock_for(std::chrono::duration<double>(1e300)); },
      [](auto& m) { return m.try_lock_for(std::chrono::years(1000)); },
      [](auto& m) { return m.try_lock_until(steady::time_point::max()); },
      [](auto& m) { return m.try_lock_until(wall::time_point::max()); },
      [](auto& m) {
        return m.try_lock_until(std::chrono::time_point<wall, std::chrono::hours>::max());
      },
      [](auto& m) {
        return m.try_lock_until(std::chrono::time_point<steady, std::chrono::hours>::max());
      },
  };
  for (const auto& way : ways) {
    one.lock();
    child other([&] {
      lock_file mine(path);
      inturn::mutex m(mine, {0, 1});
      require(way(m));
    });
    EXPECT_TRUE(watch.until_blocked(other.pid())) << "way " << &way - ways;
    one.unlock();
    EXPECT_EQ(other.wait(), 0);
  }
}

TEST_F(Mutex, UnlockedWithoutALock) {
  EXPECT_EQ(error_of([&] { one.unlock(); }), EPERM);
  EXPECT_EQ(error_of([&] { rw.unlock(); }), EPERM);
  EXPECT_EQ(error_of([&] { rw.unlock_shared(); }), EPERM);
  rw.lock_shared();
  EXPECT_EQ(error_of([&] { rw.unlock(); }), EPERM);
  rw.unlock_shared();
  one.lock();
  inturn::mutex same(file, {0, 1});
  EXPECT_EQ(error_of([&] { same.unlock(); }), EPERM);  // another object's lock
  one.unlock();
  EXPECT_EQ(error_of([&] { one.unlock(); }), EPERM);
}

TEST_F(Mutex, IsReleasedWhenDestroyed) {
  {
    inturn::mutex brief(file, {0, 1});
    brief.lock();
  }
  EXPECT_TRUE(one.try_lock());
  one.unlock();
}

TEST_F(Mutex, ReadersInOneProcessShareAnObject) {
  rw.lock_shared();
  rw.lock_shared();
  EXPECT_EQ(watch.holding(), 2U);
  rw.unlock_shared();
  EXPECT_EQ(watch.holding(), 1U);
  EXPECT_FALSE(rw.try_lock());
  rw.unlock_shared();
  EXPECT_TRUE(rw.try_lock());
  rw.unlock();
}

TEST_F(Mutex, AConditionVariableAnyTakesThem) {
  std::condition_variable_any changed;
  std::unique_lock lock(one);
  EXPECT_EQ(changed.wait_for(lock, 10ms), std::cv_status::timeout);
  EXPECT_TRUE(lock.owns_lock());
  EXPECT_EQ(watch.holding(), 1U);
}

}  // namespace
}  // namespace inturn::test
