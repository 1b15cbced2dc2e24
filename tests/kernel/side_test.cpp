#include <sys/stat.h>

#include <cstring>

#include "kernel/lock_file.hpp"
#include "kernel/users.hpp"

// Where the queue of a lock file is, who meets there, and whom one trusts with it.

namespace inturn::test {
namespace {

namespace fs = std::filesystem;

class Side : public lock_file_test {
 protected:
  std::string path_for(int fd) const { return kernel::open_side(fd).region.name(); }
  struct stat look(const fs::path& path) const {
    struct stat found {};
    EXPECT_EQ(::lstat(path.c_str(), &found), 0);
    return found;
  }
};
using SideOfOthers = Side;

#define NEEDS_ROOT() \
  if (::geteuid() != 0) GTEST_SKIP() << "needs root"

TEST_F(Side, AllNamesOfAFileMeet) {
  fs::create_hard_link(file, dir / "hard");
  fs::create_symlink(file, dir / "soft");
  const auto a = open();
  const auto b = base::open_file((dir / "hard").c_str(), O_RDONLY);
  const auto c = base::open_file((dir / "soft").c_str(), O_WRONLY);
  EXPECT_EQ(path_for(a.get()), path_for(b.get()));
  EXPECT_EQ(path_for(a.get()), path_for(c.get()));
  write_file(dir / "other", "");
  EXPECT_NE(path_for(a.get()), path_for(base::open_file((dir / "other").c_str(), O_RDWR).get()));

  turnstile in_turn(a.get());
  in_turn.flock(LOCK_EX);
  child front = passer(dir / "hard", LOCK_EX);
  ASSERT_TRUE(until_front(queue(), front));
  child second = passer(dir / "soft", LOCK_EX);
  EXPECT_TRUE(until_queued(queue(), second));
}

TEST_F(Side, ItIsCalledDeviceAndInodeAndKnowsTheLockFile) {
  const auto fd = open();
  const auto side = kernel::open_side(fd.get());
  const struct stat at = look(file);
  char name[64];
  std::snprintf(name, sizeof name, "%lx-%lu", at.st_dev, at.st_ino);
  EXPECT_EQ(side.region.name(), (runtime / name).string());
  EXPECT_STREQ(side.region.head().stands_for, file.c_str());
  EXPECT_EQ(side.reservation, "");
  const auto listed = kernel::existing_sides(fd.get());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].path, runtime / name);
  EXPECT_FALSE(listed[0].only_this_user);
}

TEST_F(Side, NoneIsMadeByLooking) {
  EXPECT_TRUE(kernel::existing_sides(open().get()).empty());
  EXPECT_TRUE(fs::is_empty(runtime));
  ::setenv("INTURN_RUNTIME_DIR", (dir / "missing").c_str(), 1);
  EXPECT_TRUE(kernel::existing_sides(open().get()).empty());
}

TEST_F(Side, NothingIsWrittenToTheLockFileOrBesideIt) {
  fs::create_directory(dir / "place");
  write_file(dir / "place" / "lock", "as it was");
  const auto fd = base::open_file((dir / "place" / "lock").c_str(), O_RDWR);
  turnstile(fd.get()).flock(LOCK_EX);
  EXPECT_EQ(contents(dir / "place" / "lock"), "as it was");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir / "place"), {}), 1);
}

TEST_F(Side, WhoMayOpenTheLockFileMayQueue) {
  const mode_t before = ::umask(077);
  for (const auto& [given, expected] : std::vector<std::pair<mode_t, mode_t>>{{0644, 0666},
                                                                              {0600, 0600},
                                                                              {0640, 0660},
                                                                              {0660, 0660},
                                                                              {0444, 0666},
                                                                              {0222, 0666},
                                                                              {0755, 0666},
                                                                              {0402, 0606}}) {
    const auto one = dir / ("mode" + std::to_string(given));
    write_file(one, "");
    const auto fd = base::open_file(one.c_str(), O_RDWR);
    ASSERT_EQ(::chmod(one.c_str(), given), 0);
    EXPECT_EQ(look(path_for(fd.get())).st_mode & 07777, expected) << given;
  }
  ::umask(before);
}

TEST_F(Side, ItFollowsTheLockFilesPermissions) {
  const auto fd = open();
  for (const mode_t mode : {0600U, 0644U, 0640U}) {
    ASSERT_EQ(::fchmod(fd.get(), mode), 0);
    const mode_t expected = mode == 0600U ? 0600U : mode == 0644U ? 0666U : 0660U;
    EXPECT_EQ(look(path_for(fd.get())).st_mode & 07777, expected);
  }
}

TEST_F(Side, ItIsOpenedAgainIfSomebodyHasRemovedIt) {
  const auto fd = open();
  const fs::path first = path_for(fd.get());
  fs::remove(first);
  EXPECT_EQ(path_for(fd.get()), first.string());
}

TEST_F(SideOfOthers, RootMakesItForTheLockFilesOwner) {
  NEEDS_ROOT();
  ASSERT_EQ(::chown(file.c_str(), somebody, somebody_else), 0);
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  const auto at = look(path_for(open().get()));
  EXPECT_EQ(at.st_uid, somebody);
  EXPECT_EQ(at.st_gid, somebody_else);
  EXPECT_EQ(at.st_mode & 07777, 0660U);
}

TEST_F(SideOfOthers, UsersMeetInWhatRootHasMade) {
  NEEDS_ROOT();
  const auto inside = queue();
  const auto holder = open();
  turnstile in_turn(holder.get());
  in_turn.flock(LOCK_EX);
  const auto ask = [&] {
    forget_descriptors();
    const auto fd = base::open_file(file.c_str(), O_RDONLY);
    const auto got = kernel::take_flock(fd.get(), LOCK_EX, {});
    require(got.granted && got.ticket && got.out_of_turn.empty());
  };
  child first = as_user(somebody, ask);
  ASSERT_TRUE(until_front(inside, first));
  child second = as_user(somebody_else, ask);
  ASSERT_TRUE(until_queued(inside, second));
  in_turn.flock(LOCK_UN);
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
}

TEST_F(SideOfOthers, WhoIsNeitherRootNorTheOwnerMakesOneForHimself) {
  NEEDS_ROOT();
  const auto common = runtime / fs::path(path_for(open().get())).filename();
  fs::remove(common);
  const auto ask = [&] {
    const auto fd = base::open_file(file.c_str(), O_RDONLY);
    const auto got = kernel::take_flock(fd.get(), LOCK_SH, {});
    require(got.granted && !got.ticket);
    require(got.out_of_turn.find("your own processes only") != std::string::npos);
    require(got.out_of_turn.find(common.string()) != std::string::npos);
    require(got.out_of_turn.find(file.string()) == 0);
  };
  EXPECT_EQ(as_user(somebody, ask).wait(), 0);
  EXPECT_FALSE(fs::exists(common));
  EXPECT_EQ(look(common.string() + ".65534").st_mode & 0777, 0600U);

  EXPECT_EQ(queue().requests().size(), 0U);  // root comes, and the common one is made after all
  EXPECT_TRUE(fs::exists(common));
  const auto listed = kernel::existing_sides(open().get());
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].path, common);
  EXPECT_TRUE(listed[1].only_this_user);
  EXPECT_EQ(
      as_user(somebody,
              [&] { require(path_for(base::open_file(file.c_str(), O_RDONLY).get()) == common); })
          .wait(),
      0);
}

TEST_F(SideOfOthers, WhatAStrangerHasMadeIsNotTrusted) {
  NEEDS_ROOT();
  const fs::path common = path_for(open().get());
  const auto squat = [&](const char* kind, auto&& how) {
    fs::remove_all(common);
    EXPECT_EQ(as_user(somebody, how).wait(), 0);
    const auto got = kernel::take_flock(open().get(), LOCK_EX, {});
    EXPECT_TRUE(got.granted && !got.ticket) << kind;
    EXPECT_NE(got.out_of_turn.find(common.string()), std::string::npos) << got.out_of_turn;
    EXPECT_NE(got.out_of_turn.find("let "), std::string::npos) << got.out_of_turn;
    const auto listed = kernel::existing_sides(open().get());
    ASSERT_EQ(listed.size(), 1U) << kind;
    EXPECT_EQ(listed[0].path, common.string() + ".0") << kind;
    EXPECT_TRUE(listed[0].only_this_user);
  };
  squat("a region", [&] { region::mapped::open_or_make(common, fs::perms(0666)); });
  squat("a file", [&] { write_file(common, "anything"); });
  squat("a link", [&] { fs::create_symlink(dir / "other", common); });
  squat("a directory", [&] { fs::create_directory(common); });
  squat("a pipe", [&] { require(::mkfifo(common.c_str(), 0666) == 0); });
  EXPECT_FALSE(fs::exists(dir / "other"));
}

TEST_F(SideOfOthers, WhatTheLockFilesOwnerHasMadeIsTrusted) {
  NEEDS_ROOT();
  ASSERT_EQ(::chown(file.c_str(), somebody, somebody), 0);
  fs::path made;
  const auto show = [&] { require(look(path_for(open().get())).st_uid == somebody); };
  EXPECT_EQ(as_user(somebody, show).wait(), 0);
  EXPECT_EQ(kernel::open_side(open().get()).reservation, "");
  EXPECT_EQ(as_user(somebody_else, show).wait(), 0);
}

TEST_F(SideOfOthers, IfEvenTheOwnNameIsTakenThereIsNoQueue) {
  NEEDS_ROOT();
  const fs::path common = path_for(open().get());
  fs::remove(common);
  EXPECT_EQ(as_user(somebody,
                    [&] {
                      write_file(common, "");
                      write_file(common.string() + ".0", "");
                    })
                .wait(),
            0);
  const auto got = kernel::take_flock(open().get(), LOCK_EX, {});
  EXPECT_TRUE(got.granted && !got.ticket);
  EXPECT_NE(got.out_of_turn.find(common.string() + ".0"), std::string::npos) << got.out_of_turn;
}

}  // namespace
}  // namespace inturn::test
