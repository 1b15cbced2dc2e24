#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "inturn/lock.hpp"
#include "region/layout.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Whoever may write to a region may spoil the order. It cannot crash the others, or catch them in a loop.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct Hostile : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "region";

  /// Somebody who is in the region does everything for a while, and may be refused anything.
  static void use(lock_file& file, std::mt19937& random) {
    const auto any = [&](const auto& call) {
      try {
        call();
      } catch (const std::system_error& e) {
        const int error = e.code().value();
        require(error == EDEADLK || error == ENOLCK);
      }
    };
    std::vector<hold> held;
    for (int i = 0; i < 30; ++i) {
      const range where{random() % 8, random() % 4};
      const mode m = random() % 2 == 0 ? mode::shared : mode::exclusive;
      any([&] {
        auto h = random() % 2 == 0 ? file.try_lock(m, where) : file.try_lock_for(5ms, m, where);
        if (h) held.push_back(std::move(*h));
      });
      if (random() % 3 == 0) held.clear();
    }
  }
};

/// Bytes of a region from `from` on, random; every so many of them only.
void scribble(const std::filesystem::path& path, std::size_t from, std::size_t upto,
              unsigned one_in, std::mt19937& random) {
  const base::unique_fd fd = base::open_file(path.c_str(), O_RDWR);
  auto* const bytes = static_cast<unsigned char*>(
      ::mmap(nullptr, region::region_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0));
  for (std::size_t at = from; at + 8 <= upto; at += 8)
    if (random() % one_in == 0)
      for (int i = 0; i < 8; ++i) bytes[at + i] = static_cast<unsigned char>(random());
  ::munmap(bytes, region::region_size);
}

struct damage {
  std::size_t upto;
  unsigned one_in;
};
class Scribbled : public Hostile, public ::testing::WithParamInterface<damage> {};

TEST_P(Scribbled, NeitherCrashesNorHangs) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    shared<milestone> ready, done;
    child user([&] {
      std::mt19937 random(seed);
      lock_file file(path);
      std::optional<hold> held = file.try_lock();
      ready->reach();
      require(done->wait());
      held.reset();
      use(file, random);
      try {
        lock_file newcomer(path);
        use(newcomer, random);
      } catch (const std::system_error& e) {
        require(e.code().value() == ENOLCK);
      }
    });
    ASSERT_TRUE(ready->wait());
    std::mt19937 random(1000 + seed);
    scribble(path, offsetof(region::header, counters), GetParam().upto, GetParam().one_in, random);
    const region_watch watch(path);
    watch.requests();
    done->reach();
    EXPECT_EQ(user.wait(50s), 0) << "seed " << seed;
    std::filesystem::remove(path);
  }
}

constexpr std::size_t lanes_from = sizeof(region::header);

TEST_F(Hostile, WhoGoesOnScribblingNeitherCrashesNorHangsTheOthers) {
  { lock_file made(path); }
  child hostile([&] {
    std::mt19937 random(4711);
    for (;;) scribble(path, offsetof(region::header, counters), lanes_from + 4096, 50, random);
  });
  child user([&] {
    std::mt19937 random(815);
    for (int i = 0; i < 5; ++i) {
      try {
        lock_file file(path);
        use(file, random);
      } catch (const std::system_error& e) {
        require(e.code().value() == ENOLCK);
      }
    }
  });
  EXPECT_EQ(user.wait(50s), 0);
}

INSTANTIATE_TEST_SUITE_P(All, Scribbled,
                         ::testing::Values(damage{lanes_from, 1}, damage{lanes_from + 8192, 1},
                                           damage{lanes_from + 8192, 4},
                                           damage{lanes_from + 262144, 1},
                                           damage{region::region_size, 50}));

}  // namespace
}  // namespace inturn::test
