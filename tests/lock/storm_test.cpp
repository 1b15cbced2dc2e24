#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/shared.hpp"
#include "support/temp_dir.hpp"

// Many processes, many grants: order and exclusion counted from inside the section and from the tickets.

namespace inturn::test {
namespace {

constexpr std::uint32_t processes = 64;
constexpr std::uint32_t grants = 100'000;

struct entry {
  std::uint64_t ticket;
  bool exclusive;
};

/// What happened, written by all inside their sections.
struct record {
  milestone ready;
  std::atomic<std::uint32_t> readers{0}, writers{0}, most_readers{0};
  std::atomic<std::uint32_t> overlaps{0}, not_after_what_i_saw{0};
  std::atomic<std::uint64_t> latest{0};
  std::atomic<std::uint32_t> count{0};
  entry entries[grants];
};

std::uint32_t my_share(std::uint32_t process) {
  return grants / processes + (process < grants % processes ? 1 : 0);
}

void section(record& all, std::uint64_t ticket, bool exclusive) {
  auto& mine = exclusive ? all.writers : all.readers;
  const std::uint32_t others_alike = mine.fetch_add(1);
  const bool alone = all.writers == (exclusive ? 1U : 0U) && (!exclusive || all.readers == 0);
  if (!alone || (exclusive && others_alike != 0)) ++all.overlaps;
  if (!exclusive && others_alike + 1 > all.most_readers) all.most_readers = others_alike + 1;
  all.entries[all.count.fetch_add(1)] = {ticket, exclusive};
  if (ticket > all.latest) all.latest = ticket;
  --mine;
}

void take_part(const std::filesystem::path& path, record& all, std::uint32_t me,
               unsigned one_writer_in) {
  lock_file file(path);
  all.ready.reach();
  require(all.ready.wait(processes));
  for (std::uint32_t i = 0; i < my_share(me); ++i) {
    const bool exclusive = (i + me) % one_writer_in == 0;
    const std::uint64_t seen = all.latest;
    const hold h = file.lock(exclusive ? mode::exclusive : mode::shared);
    // Whoever was granted before our call is before us.
    if (h.ticket() <= seen) ++all.not_after_what_i_saw;
    section(all, h.ticket(), exclusive);
  }
}

/// A request that entered its section before a conflicting one with a smaller ticket.
std::uint32_t inversions(const record& all) {
  std::uint32_t found = 0;
  std::uint64_t last_writer = 0, last_of_all = 0;
  for (std::uint32_t i = 0; i < all.count; ++i) {
    const entry& e = all.entries[i];
    if (e.ticket <= (e.exclusive ? last_of_all : last_writer)) ++found;
    last_of_all = std::max(last_of_all, e.ticket);
    if (e.exclusive) last_writer = e.ticket;
  }
  return found;
}

void storm(unsigned one_writer_in) {
  const temp_dir dir;
  const auto all = std::make_unique<shared<record>>();
  std::vector<child> crowd;
  for (std::uint32_t p = 0; p < processes; ++p)
    crowd.emplace_back([&, p] { take_part(dir / "region", **all, p, one_writer_in); });
  for (auto& c : crowd) ASSERT_EQ(c.wait(std::chrono::seconds(170)), 0);
  const record& seen = **all;
  EXPECT_EQ(seen.count, grants);
  EXPECT_EQ(seen.overlaps, 0U);
  EXPECT_EQ(seen.not_after_what_i_saw, 0U);
  EXPECT_EQ(inversions(seen), 0U);
  std::printf(
      "%u grants to %u processes: %u inversions, %u overlaps, at most %u readers at a time\n",
      seen.count.load(), processes, inversions(seen), seen.overlaps.load(),
      seen.most_readers.load());
}

TEST(Storm, ExclusiveGrantsAreInOrderAndAlone) { storm(1); }
TEST(Storm, SharedAndExclusiveGrantsAreInOrderAndApart) { storm(4); }

TEST(Storm, TheCountFindsAnInversion) {
  const auto made_up = std::make_unique<record>();
  const entry wrong[] = {{1, true}, {3, false}, {2, false}, {4, true},
                         {6, true}, {5, false}, {7, false}};
  for (const entry& e : wrong) made_up->entries[made_up->count++] = e;
  EXPECT_EQ(inversions(*made_up), 1U);
}

}  // namespace
}  // namespace inturn::test
