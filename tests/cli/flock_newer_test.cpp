#include <gmock/gmock.h>

#include <filesystem>

#include "cli/flock_test.hpp"

// What util-linux's flock has learned since the one in Debian 12 (2.38): --fcntl, --start, --length, --fd.

namespace inturn::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

using FlockNewer = FlockTest;

TEST_F(FlockNewer, BytesAreLocked) {
  program holder(flock({"--start", "4K", "--length", "0x10", lock, "sh", "-c", "echo holds; cat"}));
  ASSERT_TRUE(eventually([&] { return holder.out() == "holds\n"; }));
  const json holders = show().at("holders");
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders[0].at("kind"), "ofd");
  EXPECT_EQ(holders[0].at("mode"), "exclusive");
  EXPECT_EQ(holders[0].at("start"), 4096);
  EXPECT_EQ(holders[0].at("length"), 16);
  EXPECT_EQ(run_flock({"-n", "--start=4111", "--length=1", lock, "true"}).status, 1);
  EXPECT_EQ(run_flock({"-n", "--start=4112", lock, "true"}).status, 0);
  EXPECT_EQ(run_flock({"-n", "-s", "--fcntl", lock, "true"}).status, 1);
  EXPECT_EQ(run_flock({"-n", lock, "true"}).status, 0) << "flock(2) is another kind";
  holder.end_input();
  EXPECT_EQ(holder.wait().status, 0);
}

TEST_F(FlockNewer, BytesOfTheWholeFileAreLockedAndUnlockedByDescriptor) {
  const std::string script =
      "exec 9>\"$2\"; \"$1\" --fcntl 9 || exit; \"$1\" -n --fcntl \"$2\" true; echo $?\n"
      "\"$1\" -u --start 0 --length 1 9; \"$1\" -n --start 0 --length 1 \"$2\" true; echo $?\n"
      "\"$1\" -n --start 1 --length 1 \"$2\" true; echo $?\n"
      "\"$1\" -u --fcntl 9; \"$1\" -n --fcntl \"$2\" true; echo $?";
  EXPECT_EQ(run_script(script).out, "1\n0\n1\n0\n");
}

TEST_F(FlockNewer, ExclusiveBytesWantTheFileOpenForWriting) {
  const outcome ran = run_flock({"--fcntl", lock, "grep", "flags", "/proc/self/fdinfo/3"});
  EXPECT_THAT(ran.out, HasSubstr("01\n")) << "O_WRONLY, as util-linux opens it";
  const outcome shared = run_flock({"--fcntl", "-s", lock, "grep", "flags", "/proc/self/fdinfo/3"});
  EXPECT_THAT(shared.out, HasSubstr("00\n"));
  const outcome refused = run_script("exec 9<\"$2\"; exec \"$1\" --fcntl 9");
  EXPECT_EQ(refused.status, 65);
  EXPECT_EQ(refused.err, "flock: 9: Bad file descriptor\n");
  fs::create_directory(at("folder"));
  const outcome folder = run_flock({"--fcntl", at("folder"), "true"});
  EXPECT_EQ(folder.status, 65);
  EXPECT_THAT(folder.err, StartsWith("flock: " + at("folder") + ": "));
  EXPECT_EQ(run_flock({"--fcntl", "-s", at("folder"), "true"}).status, 0);
}

TEST_F(FlockNewer, SizesAreReadAsUtilLinuxReadsThem) {
  const std::pair<const char*, std::uint64_t> sizes[] = {
      {"0", 0},       {"10", 10},        {"010", 8},      {"0x10", 16},     {" 7", 7},
      {"1K", 1024},   {"1k", 1024},      {"1KiB", 1024},  {"1KB", 1000},    {"2M", 2 << 20},
      {"1.5K", 1536}, {"0.5MB", 500000}, {"1G", 1 << 30}, {"1.25kib", 1280}};
  for (const auto& [text, size] : sizes) {
    program holder(flock({"--length=1", "--start", text, lock, "cat"}));
    ASSERT_TRUE(holding(1)) << text;
    EXPECT_EQ(show().at("holders")[0].at("start"), size) << text;
    holder.end_input();
    holder.wait();
  }
  for (const char* text : {"", "x", "-5", "1.5", "1Q", "1KX", "1KiBs", "1B"}) {
    const outcome refused = run_flock({"--start", text, lock, "true"});
    EXPECT_EQ(refused.status, 64) << text;
    EXPECT_EQ(refused.err,
              "flock: invalid as start offset: '" + std::string(text) + "': Invalid argument\n");
  }
  EXPECT_THAT(run_flock({"--length", "99999999999999999999", lock, "true"}).err,
              HasSubstr("invalid as length of lock range: '99999999999999999999': Numerical"));
  const outcome beyond = run_flock({"--start", "8E", lock, "true"});
  EXPECT_EQ(beyond.status, 65);
  EXPECT_EQ(beyond.err, "flock: " + lock + ": Invalid argument\n");
  const outcome over = run_flock({"--start", "7E", "--length", "7E", lock, "true"});
  EXPECT_EQ(over.err, "flock: " + lock + ": Value too large for defined data type\n");
}

TEST_F(FlockNewer, ADescriptorIsLockedWhileACommandRuns) {
  const std::string script =
      "exec 9>\"$2\"; \"$1\" --fd 9 \"$1\" -n \"$2\" true; echo $?\n"  // the command runs under the lock
      "\"$1\" --fd 9 -c 'readlink /proc/self/fd/9'\n"
      "\"$1\" -o --fd=9 --command 'readlink /proc/self/fd/9'; echo $?\n"
      "\"$1\" -n -E 7 --fd 8 true 8>>\"$2\"; echo $?\n"  // 9 has the lock still
      "\"$1\" -n -F --fd 9 echo -c";
  const outcome ran = run_script(script);
  EXPECT_EQ(ran.out, "1\n" + lock + "\n1\n7\n-c\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(FlockNewer, WhatIsWrongWithADescriptorForACommand) {
  const std::pair<words, const char*> wrong[] = {
      {{"--fd", "9"}, "flock: missing command\n"},
      {{"--fd", "x", "true"}, "flock: bad file descriptor: 'x'\n"},
      {{"--fd", "9", "-c"}, "flock: -c requires exactly one command argument\n"},
      {{"--fd", "9", "-c", "a", "b"}, "flock: -c requires exactly one command argument\n"},
      {{"--fd"},
       "flock: option '--fd' requires an argument\n"
       "Try 'flock --help' for more information.\n"}};
  for (const auto& [arguments, message] : wrong) {
    const outcome refused = run_flock(arguments);
    EXPECT_EQ(refused.status, 64);
    EXPECT_THAT(refused.err, testing::EndsWith(message));
  }
  const outcome closed = run_flock({"--fd", "77", "true"});
  EXPECT_EQ(closed.status, 65);
  EXPECT_EQ(closed.err, "flock: 77: Bad file descriptor\n");
}

}  // namespace
}  // namespace inturn::test
