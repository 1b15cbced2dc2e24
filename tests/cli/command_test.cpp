#include "cli/command_test.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace inturn::test {

namespace fs = std::filesystem;

CommandTest::CommandTest() {
  const fs::path runtime = dir_ / "runtime";
  fs::create_directory(runtime);
  fs::permissions(runtime, fs::perms::all | fs::perms::sticky_bit);
  fs::permissions(dir_.path(), fs::perms(0755));
  ::setenv("INTURN_RUNTIME_DIR", runtime.c_str(), 1);
}

json CommandTest::show(const std::string& which) const {
  const outcome listed = run({"show", "--json", which});
  EXPECT_EQ(listed.status, 0) << listed.err;
  json all = json::parse(listed.out);
  EXPECT_EQ(all.at("locks").size(), 1U);
  return all.at("locks").at(0);
}

std::size_t CommandTest::count_of(const char* list) const {
  return fs::exists(lock) ? show().at(list).size() : 0;
}

bool CommandTest::waiting(std::size_t count) const {
  return eventually([&] { return count_of("waiters") == count; });
}

bool CommandTest::holding(std::size_t count) const {
  return eventually([&] { return count_of("holders") == count; });
}

base::unique_fd flocked(const std::string& file, int operation) {
  base::unique_fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  EXPECT_EQ(::flock(fd.get(), operation), 0);
  return fd;
}

base::unique_fd record_locked(const std::string& file, int command, short type, long start,
                              long length) {
  base::unique_fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  struct flock which {};
  which.l_type = type;
  which.l_start = start;
  which.l_len = length;
  EXPECT_EQ(::fcntl(fd.get(), command, &which), 0);
  return fd;
}

std::string lines_of(const std::string& file) {
  std::string text = text_of(file);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool all_processes_can_be_read() {
  bool all = true;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos)
      continue;
    DIR* const fds = ::opendir((entry.path() / "fd").c_str());
    if (fds == nullptr) {
      all &= errno == ENOENT || errno == ESRCH;
      continue;
    }
    struct stat file {};
    while (const dirent* fd = ::readdir(fds))
      if (::fstatat(::dirfd(fds), fd->d_name, &file, 0) != 0) all &= errno == ENOENT;
    ::closedir(fds);
  }
  return all;
}

}  // namespace inturn::test
