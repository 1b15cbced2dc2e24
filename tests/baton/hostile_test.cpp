#include <gtest/gtest.h>

#include <cerrno>
#include <random>

#include "baton/file.hpp"
#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Whoever may write to a baton may spoil it. It cannot crash the others, or catch them in a loop.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

struct BatonHostile : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";

  /// Does everything for a while, and may be refused anything.
  static void use(baton& my, std::mt19937& random) {
    const std::byte some[20] = {};
    for (int i = 0; i < 20; ++i) {
      try {
        auto now = random() % 3 == 0 ? my.try_wait() : my.wait_for(2ms);
        my.members();
        if (!now) continue;
        unsigned sum = 0;
        for (const std::byte b : now->bytes()) sum += static_cast<unsigned>(b);
        require(sum < 0xffffffff);
        if (random() % 2 == 0)
          now->hand_on(std::span(some).first(random() % 20));
        else
          now->hand_to(static_cast<unsigned>(random() % 34));
      } catch (const std::system_error& e) {
        const int error = e.code().value();
        require(error == EPERM || error == ESRCH || error == EDEADLK || error == EILSEQ);
      }
    }
  }
  static void scribble(relay::shared_words& words, std::mt19937_64& random) {
    switch (random() % 5) {
      case 0:
        words.turn = random();
        break;
      case 1:
        words.turn = words.turn ^ std::uint64_t{1} << random() % 64;
        break;
      case 2:
        words.length = random() >> random() % 64;
        break;
      case 3:
        words.parked = static_cast<std::uint32_t>(random());
        break;
      default:
        words.number = random();
    }
  }
};

TEST_F(BatonHostile, AnyWordIsLivedWith) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 60; ++round) {
    shared<milestone> ready, done;
    const auto seed = static_cast<std::uint32_t>(random());
    const baton here(path, {.capacity = 64});
    child user([&] {
      std::mt19937 mine(seed);
      baton my(path);
      auto kept = my.try_wait();
      ready->reach();
      require(done->wait());
      kept.reset();
      use(my, mine);
      try {
        baton newcomer(path);
        use(newcomer, mine);
      } catch (const std::system_error& e) {
        require(e.code().value() == ENOLCK);
      }
    });
    ASSERT_TRUE(ready->wait());
    const auto file = relay::shared_file::adopt(here.fd());
    for (int i = 0; i < 5; ++i) scribble(file.words(), random);
    done->reach();
    ASSERT_EQ(user.wait(60s), 0) << "round " << round;
  }
}

TEST_F(BatonHostile, WhoGoesOnScribblingNeitherCrashesNorHangsTheOthers) {
  const baton here(path, {.capacity = 64});
  child hostile([&] {
    std::mt19937_64 random(6);
    const auto file = relay::shared_file::adopt(here.fd());
    for (;;) scribble(file.words(), random);
  });
  std::vector<child> users;
  for (std::uint32_t seed = 0; seed < 2; ++seed)
    users.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 5; ++i) {
        try {
          baton my(path);
          use(my, random);
        } catch (const std::system_error& e) {
          require(e.code().value() == ENOLCK || e.code().value() == EILSEQ);
        }
      }
    });
  for (child& each : users) EXPECT_EQ(each.wait(80s), 0);
}

TEST_F(BatonHostile, AfterNonsenseItGoesRoundAgain) {
  std::mt19937_64 random(7);
  baton a(path), b(path);
  const auto file = relay::shared_file::adopt(a.fd());
  for (int round = 0; round < 300; ++round) {
    // Anything but a word that says that one of them has taken the turn: only that one could hand it on.
    std::uint64_t nonsense = random();
    while (relay::has_taken(nonsense, 0) || relay::has_taken(nonsense, 1)) nonsense = random();
    file.words().turn = nonsense;
    int had_a = 0, had_b = 0;
    for (int i = 0; i < 40; ++i) {
      had_a += a.try_wait() ? 1 : 0;
      had_b += b.try_wait() ? 1 : 0;
    }
    ASSERT_GT(had_a, 30) << "round " << round << " word " << nonsense;
    ASSERT_GT(had_b, 30) << "round " << round << " word " << nonsense;
  }
}

TEST_F(BatonHostile, ATurnThatWasTakenAwayIsMissed) {
  baton a(path), b(path);
  const auto file = relay::shared_file::adopt(a.fd());
  turn now = a.wait();
  file.words().turn = relay::make_word(relay::state::given, 1, false, 2, 3);
  EXPECT_EQ(error_of([&] { now.hand_on(); }), EPERM);
  EXPECT_TRUE(now);
  EXPECT_TRUE(b.try_wait());
}

}  // namespace
}  // namespace inturn::test
