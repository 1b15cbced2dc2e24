#include <sys/stat.h>

#include <cstdio>

#include "preload/under_shim.hpp"

// What `inturn exec` does before it becomes the program, and what it refuses.

namespace inturn::test {
namespace {

struct ran {
  int status;
  std::string said;
};

ran shell(const std::string& command) {
  ran out{-1, {}};
  FILE* const from = ::popen(("( " + command + " ) 2>&1").c_str(), "r");
  char part[512];
  for (std::size_t n; (n = std::fread(part, 1, sizeof part, from)) > 0;) out.said.append(part, n);
  const int status = ::pclose(from);
  if (WIFEXITED(status)) out.status = WEXITSTATUS(status);
  return out;
}

const std::string inturn_exec = std::string(INTURN_COMMAND) + " exec ";

class PreloadExec : public preload_test {
 protected:
  std::string script(const std::string& text) const {
    write_file(dir / "program", text);
    ::chmod((dir / "program").c_str(), 0755);
    return dir / "program";
  }
};

TEST_F(PreloadExec, BecomesTheProgram) {
  EXPECT_EQ(shell(inturn_exec + "-- sh -c 'exit 7'").status, 7);
  EXPECT_EQ(
      shell(inturn_exec + "sh -c 'echo $LD_PRELOAD' --best-effort").said.find("inturn-preload") !=
          std::string::npos,
      true);
  EXPECT_EQ(
      shell("LD_PRELOAD=/nowhere.so " + inturn_exec + "sh -c 'echo ${LD_PRELOAD#*:}' 2>/dev/null")
          .said,
      "/nowhere.so\n");
  EXPECT_EQ(shell(inturn_exec + "--poll-hold 5 sh -c 'echo $INTURN_POLL_HOLD'").said, "5\n");
  EXPECT_EQ(shell(inturn_exec + script("#!/bin/sh\nexit 3\n")).status, 3);
}

TEST_F(PreloadExec, RefusesWhatItCannotBeLoadedInto) {
  const auto refused = [](const std::string& program, const std::string& why) {
    const ran plain = shell(inturn_exec + program);
    EXPECT_EQ(plain.status, 69) << program;
    EXPECT_NE(plain.said.find(why), std::string::npos) << plain.said;
  };
  const std::string is_static = INTURN_COMMAND;  // itself is
  const bool linked_statically = shell("readelf -l " + is_static + " | grep -q INTERP").status != 0;
  if (linked_statically) {
    refused(is_static + " --version", "statically linked");
    refused(script("#!" + is_static + "\n"), "statically linked");
    const ran all_the_same = shell(inturn_exec + "--best-effort " + is_static + " --version");
    EXPECT_EQ(all_the_same.status, 0);
    EXPECT_NE(all_the_same.said.find("order is not guaranteed"), std::string::npos);
  }
  std::string other(64, '\0');
  other.replace(0, 6,
                "\x7f"
                "ELF\1\1");
  refused(script(other), "another kind of machine");
  refused("/nonesuch", "cannot execute it");
}

TEST_F(PreloadExec, WrongUsage) {
  for (const char* arguments : {"", "--", "--nonesuch true", "--poll-hold x true"})
    EXPECT_EQ(shell(inturn_exec + arguments).status, 64) << arguments;
}

TEST_F(PreloadExec, APythonCrowdExcludesEachOther) {
  if (shell("python3 -c 'import fcntl'").status != 0) GTEST_SKIP() << "no python3";
  write_file(dir / "count", "0");
  write_file(dir / "add.py",
             "import fcntl, sys\n"
             "for i in range(50):\n"
             "    with open(sys.argv[1], 'r+') as lock:\n"
             "        (fcntl.lockf if i % 2 else fcntl.flock)(lock, fcntl.LOCK_EX)\n"
             "        fcntl.lockf(lock, fcntl.LOCK_EX)\n"
             "        n = int(open(sys.argv[2]).read())\n"
             "        open(sys.argv[2], 'w').write(str(n + 1))\n");
  const std::string one =
      "python3 " + (dir / "add.py").string() + " " + file + " " + (dir / "count").string();
  const ran crowd =
      shell("for i in 1 2 3; do " + inturn_exec + one + " & done; " + one + " & wait");
  EXPECT_EQ(crowd.said, "");
  EXPECT_EQ(contents(dir / "count"), "200");
}

}  // namespace
}  // namespace inturn::test
