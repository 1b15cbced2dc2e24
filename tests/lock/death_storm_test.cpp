#include <gtest/gtest.h>
#include <unistd.h>

#include <random>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/region_watch.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Processes killed at random moments while others go on: exclusion, order, and no death kept secret.

namespace inturn::test {
namespace {

constexpr int processes = 6, kills = 300;

/// What the lock protects. Left half-written by whoever dies while `writing`.
struct protected_data {
  std::atomic<std::uint32_t> writing{0};  // pid, or 0
  std::atomic<std::uint64_t> last_ticket{0};
  std::atomic<std::uint64_t> grants{0}, news{0}, kept_secret{0}, overlaps{0}, out_of_order{0};
};

void write(protected_data& data, const hold& h) {
  const auto me = static_cast<std::uint32_t>(::getpid());
  const std::uint32_t left_by = data.writing.exchange(me);
  // Another's mark: it died in here, and we must have been told. (If it lives, it finds our mark below.)
  if (left_by != 0 && !h.previous_owner_died()) ++data.kept_secret;
  if (h.ticket() <= data.last_ticket.exchange(h.ticket())) ++data.out_of_order;
  data.news += h.previous_owner_died();
  ++data.grants;
  if (h.ticket() % 2 == 0) nap(std::chrono::microseconds(20));
  if (data.writing != me) ++data.overlaps;
  data.writing = 0;
}

void work(const std::filesystem::path& path, protected_data& data) {
  std::mt19937 random(static_cast<unsigned>(::getpid()));
  lock_file file(path);
  for (;;) {
    switch (random() % 8) {
      case 0:
        if (const auto h = file.try_lock()) write(data, *h);
        break;
      case 1:
        if (const auto h = file.try_lock_for(std::chrono::microseconds(random() % 500)))
          write(data, *h);
        break;
      case 2:
        file = lock_file(path);  // dies while it joins, too
        break;
      default:
        write(data, file.lock());
    }
  }
}

TEST(DeathStorm, NobodyHangsAndNoDeathIsKeptSecret) {
  const temp_dir dir;
  const auto path = dir / "region";
  lock_file file(path);
  shared<protected_data> data;
  std::mt19937 random(12345);
  const auto start = [&] { return child([&] { work(path, *data); }); };
  std::vector<child> crowd;
  for (int i = 0; i < processes; ++i) crowd.push_back(start());
  for (int i = 0; i < kills; ++i) {
    // On with the next one when the others have seen the last one off.
    const std::uint64_t grants = data->grants;
    ASSERT_TRUE(eventually([&] { return data->grants > grants + random() % 50; }));
    crowd[random() % processes] = start();
  }
  crowd.clear();
  EXPECT_EQ(data->kept_secret, 0U);
  EXPECT_EQ(data->overlaps, 0U);
  EXPECT_EQ(data->out_of_order, 0U);
  std::printf("%lu grants, %d killed, %lu told\n", data->grants.load(), kills, data->news.load());
  const auto last = file.try_lock();
  ASSERT_TRUE(last);
  EXPECT_TRUE(region_watch(path).requests().size() == 1);
}

}  // namespace
}  // namespace inturn::test
