#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "baton/file.hpp"
#include "inturn/baton.hpp"
#include "support/child.hpp"
#include "support/temp_dir.hpp"

// What is handed on with the turn: exactly what the one before wrote, or nothing.

namespace inturn::test {
namespace {

using namespace std::chrono_literals;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
std::string text_of(const turn& now) {
  return {reinterpret_cast<const char*>(now.bytes().data()), now.bytes().size()};
}

struct BatonBytes : ::testing::Test {
  temp_dir dir;
  const std::filesystem::path path = dir / "baton";
};

TEST_F(BatonBytes, GoWithTheTurn) {
  baton a(path, {.capacity = 40}), b(path);
  EXPECT_EQ(a.capacity(), 64U) << "rounded up";
  EXPECT_EQ(b.capacity(), 64U);
  turn now = a.wait();
  EXPECT_EQ(text_of(now), "");
  now.hand_on(bytes_of("hello"));
  now = b.wait();
  EXPECT_EQ(text_of(now), "hello");
  now.hand_to(0, now.bytes().subspan(1));
  now = a.wait();
  EXPECT_EQ(text_of(now), "ello");
  now.hand_on();
  EXPECT_EQ(text_of(b.wait()), "");
  EXPECT_EQ(text_of(a.wait()), "") << "the destructor hands on nothing";
}

TEST_F(BatonBytes, FillItAndNoMore) {
  baton a(path, {.capacity = 32}), b(path);
  turn now = a.wait();
  EXPECT_EQ(error_of([&] { now.hand_on(bytes_of(std::string(33, 'x'))); }), EMSGSIZE);
  ASSERT_TRUE(now);
  now.hand_on(bytes_of(std::string(32, 'y')));
  EXPECT_EQ(text_of(b.wait()), std::string(32, 'y'));
  baton none(dir / "none");
  EXPECT_EQ(none.capacity(), 0U);
  turn bare = none.wait();
  EXPECT_EQ(error_of([&] { bare.hand_on(bytes_of("x")); }), EMSGSIZE);
}

TEST_F(BatonBytes, OfOneWhoLeftGoToTheNext) {
  baton a(path, {.capacity = 32});
  std::optional<baton> b(path);
  baton c(path);
  a.wait().hand_on(bytes_of("for whom it concerns"));
  b.reset();
  EXPECT_EQ(text_of(c.wait()), "for whom it concerns");
}

TEST_F(BatonBytes, OfOneWhoDiedAreNotThere) {
  baton mine(path, {.capacity = 32});
  child dying([&] {
    baton my(path);
    turn now = my.wait();
    // As far as one could come: all is written, and the turn not handed on.
    auto file = relay::shared_file::adopt(my.fd());
    std::memcpy(file.bytes().data(), "half", 4);
    file.words().length = 4;
    for (;;) ::pause();
  });
  ASSERT_TRUE(mine.wait_for_members(2, bound));
  mine.wait().hand_on(bytes_of("for the dying"));
  auto file = relay::shared_file::adopt(mine.fd());
  ASSERT_TRUE(eventually([&] { return file.words().length == 4; }));
  dying.kill();
  const turn now = mine.wait();
  EXPECT_TRUE(now.previous_owner_died());
  EXPECT_EQ(text_of(now), "");
}

TEST_F(BatonBytes, ALineForALine) {
  baton box = baton::memfd({.capacity = 32});
  constexpr int lines = 5000;
  child reader([&] {
    baton my = baton::adopt(box.fd());
    for (int n = 0; n < lines; ++n) {
      turn now = my.wait();
      require(text_of(now) == "line " + std::to_string(n));
      now.hand_on(bytes_of("read " + std::to_string(n)));
    }
  });
  ASSERT_TRUE(box.wait_for_members(2, bound));
  for (int n = 0; n < lines; ++n) {
    turn now = box.wait();
    if (n > 0) {
      ASSERT_EQ(text_of(now), "read " + std::to_string(n - 1));
    }
    now.hand_on(bytes_of("line " + std::to_string(n)));
  }
  EXPECT_EQ(reader.wait(), 0);
}

TEST_F(BatonBytes, AreManyIfWanted) {
  const std::string big(1'000'000, 'b');
  baton a(path, {.capacity = big.size()}), b(path);
  a.wait().hand_on(bytes_of(big));
  EXPECT_EQ(text_of(b.wait()), big);
  EXPECT_EQ(error_of([&] { baton(dir / "much", {.capacity = (std::size_t{1} << 30) + 1}); }),
            EINVAL);
  EXPECT_FALSE(std::filesystem::exists(dir / "much"));
}

}  // namespace
}  // namespace inturn::test
