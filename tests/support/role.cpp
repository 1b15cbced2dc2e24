#include "support/role.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>

namespace inturn::test {
namespace {

std::map<std::string, role::body>& roles() {
  static std::map<std::string, role::body> all;
  return all;
}

}  // namespace

role::role(const char* name, body run) : name_(name) { roles()[name] = run; }

void become(const role& as, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"/proc/self/exe", "--role", as.name()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  ::execv("/proc/self/exe", argv.data());
  std::perror("exec /proc/self/exe");
  ::_exit(child_failed);
}

child execute(const role& as, const std::vector<std::string>& arguments,
              const std::vector<int>& keep) {
  return child(std::function<int()>([&]() -> int {
    for (const int fd : keep) ::fcntl(fd, F_SETFD, 0);
    become(as, arguments);
  }));
}

int run_role(int argc, char** argv) {
  if (argc < 3 || std::strcmp(argv[1], "--role") != 0) return -1;
  const auto found = roles().find(argv[2]);
  if (found == roles().end()) {
    std::fprintf(stderr, "no role %s in this program\n", argv[2]);
    return child_failed;
  }
  try {
    return found->second({argv + 3, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "role %s: %s\n", argv[2], e.what());
    return child_failed;
  }
}

}  // namespace inturn::test
