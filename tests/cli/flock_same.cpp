#include "cli/flock_same.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <regex>
#include <sstream>

#include "cli/program.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

namespace fs = std::filesystem;

namespace {

bool is_plain(const fs::path& file) {
  return ::access(file.c_str(), X_OK) == 0 &&
         run_program({file, "--version"}).out.starts_with("flock from util-linux ");
}

/// A directory for PATH with a `flock` in it.
class path_entry {
 public:
  explicit path_entry(const std::string& which) {
    const fs::path flock = dir_ / "flock";
    const std::string ours = inturn({})[0];
    if (which == "plain") {
      fs::create_symlink(plain_flock(), flock);
    } else if (which == "second_name") {
      fs::create_symlink(ours, flock);
    } else {
      write_file(flock, "#!/bin/sh\nexec '" + ours + "' flock \"$@\"\n");
      fs::permissions(flock, fs::perms(0755));
    }
  }
  const fs::path& path() const { return dir_.path(); }

 private:
  temp_dir dir_;
};

/// Without what may differ: the program's name and the time that something took.
std::string normal(std::string text) {
  text = std::regex_replace(text, std::regex("inturn flock"), "flock");
  return std::regex_replace(text, std::regex("took [0-9]+\\.[0-9]{6} sec"), "took N sec");
}

}  // namespace

const std::string& plain_flock() {
  static const std::string found = [] {
    std::istringstream path(std::getenv("PATH"));
    for (std::string each; std::getline(path, each, ':');)
      if (is_plain(fs::path(each) / "flock")) return (fs::path(each) / "flock").string();
    return std::string();
  }();
  return found;
}

namespace {

/// What there is to see of a run.
std::string traces_of(const flock_script& script, const std::string& which) {
  const path_entry entry(which);
  const temp_dir work, runtime;
  const std::string path = entry.path().string() + ":" + std::getenv("PATH");
  const setting how{
      {{"PATH", path}, {"PLAIN", plain_flock()}, {"INTURN_RUNTIME_DIR", runtime.path()}}, [&] {
        close_all_but_the_standard_three();
        require(::chdir(work.path().c_str()) == 0);
        ::umask(022);
      }};
  const outcome ran = run_program({"/bin/sh", "-c", script.text}, how);
  const outcome left =
      run_program({"find", work.path(), "-mindepth", "1", "-printf", "%P %y %m %s %l\\n"}, {});
  return normal("status " + std::to_string(ran.status) + ", signal " +
                std::to_string(ran.signal_number) + "\nstandard output:\n" + ran.out +
                "standard error:\n" + ran.err + "files:\n" + left.out);
}

}  // namespace

void expect_same(const flock_script& script) {
  if (plain_flock().empty()) GTEST_SKIP() << "needs util-linux's flock";
  const std::string expected = traces_of(script, "plain");
  EXPECT_EQ(traces_of(script, "second_name"), expected);
  EXPECT_EQ(traces_of(script, "subcommand"), expected);
}

}  // namespace inturn::test
