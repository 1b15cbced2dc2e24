#include <fcntl.h>
#include <sys/file.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "contender.hpp"
#include "inturn/turnstile.hpp"

namespace demo {
namespace {

namespace fs = std::filesystem;

int open_lock(const std::string& lock) {
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), lock);
  return fd;
}

contender plain() {
  return {"flock", {"flock"}, [](const std::string& lock) {
            return [fd = open_lock(lock)](int operation) {
              if (::flock(fd, operation) != 0)
                throw std::system_error(errno, std::generic_category(), "flock");
            };
          }};
}

contender in_turn(const std::string& command) {
  return {"inturn", {command, "run"}, [](const std::string& lock) {
            auto turnstile = std::make_shared<inturn::turnstile>(open_lock(lock));
            return [turnstile](int operation) { turnstile->flock(operation); };
          }};
}

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string runs(const std::vector<int>& order) {
  std::string text;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && order[end] == order[end - 1] + 1) ++end;
    if (!text.empty()) text += ' ';
    text += std::to_string(order[i]);
    if (end - i > 2)
      text += ".." + std::to_string(order[end - 1]);
    else if (end - i == 2)
      text += ' ' + std::to_string(order[end - 1]);
    i = end;
  }
  return text.empty() ? "none" : text;
}

class table {
 public:
  table(contender a, contender b, fs::path where)
      : a_(std::move(a)), b_(std::move(b)), where_(std::move(where)) {
    row("", a_.name + "(1) and flock(2)", b_.name);
    std::printf("%s\n", std::string(100, '-').c_str());
  }

  void heading(int number, const char* text) {
    number_ = number;
    std::printf("\n%d. %s\n", number, text);
  }
  void row(const char* question, const std::string& left, const std::string& right) {
    std::printf("   %-49s  %-22s  %s\n", question, left.c_str(), right.c_str());
    std::fflush(stdout);
  }
  template <class Ask>
  auto ask_both(Ask ask) {
    const auto lock = [&](const contender& who) {
      return (where_ / ("lock-" + std::to_string(number_) + "-" + who.name)).string();
    };
    auto left = ask(a_, lock(a_));
    return std::pair(std::move(left), ask(b_, lock(b_)));
  }

 private:
  contender a_, b_;
  fs::path where_;
  int number_ = 0;
};

void show(table& t) {
  t.heading(1,
            "A process locks, unlocks and locks again without pause; another one sleeps, waiting "
            "(15 times).");
  const auto pass = t.ask_both(pass_a_waiter);
  t.row("The waiter was passed, on average", format("%.0f times", pass.first.mean),
        format("%.0f times", pass.second.mean));
  t.row("and at worst", format("%.0f times", static_cast<double>(pass.first.most)),
        format("%.0f times", static_cast<double>(pass.second.most)));

  constexpr double cap = 5;
  t.heading(2, "Four readers, each holding the lock for 20 ms again and again; one writer comes.");
  const auto starve = t.ask_both([](const contender& who, const std::string& lock) {
    return starve_a_writer(who, lock, cap);
  });
  const auto waited = [](double s) {
    return s < 0 ? std::string("never (stopped at 5 s)") : format("%.0f ms", s * 1000);
  };
  t.row("The writer got the lock after", waited(starve.first), waited(starve.second));

  t.heading(
      3, "Commands 1 to 20 queue, one by one; then the holder unlocks and locks again, in a loop.");
  const auto queue = t.ask_both(queue_commands);
  t.row("They ran in this order", runs(queue.first.order), runs(queue.second.order));
  t.row("Meanwhile the loop walked in ahead of them",
        format("%.0f times", static_cast<double>(queue.first.walked_in)),
        format("%.0f times", static_cast<double>(queue.second.walked_in)));

  t.heading(
      4, "Commands 1 to 4 wait for a holder (-F). Waiter 2 is killed, then the holder (SIGKILL).");
  const auto death = t.ask_both(kill_the_holder);
  const auto soon = [](double ms) { return ms < 0 ? std::string("never") : format("%.1f ms", ms); };
  t.row("The next command has run after", soon(death.first.next_ms), soon(death.second.next_ms));
  t.row("Those that went on, in this order", runs(death.first.order), runs(death.second.order));
}

int run() {
  const fs::path command = fs::canonical("/proc/self/exe").parent_path() / "inturn";
  char name[] = "/tmp/inturn-demo-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::system_error(errno, std::generic_category(), name);
  const fs::path where = name;
  ::setenv("INTURN_RUNTIME_DIR", (where / "run").c_str(), 1);
  fs::create_directory(where / "run");
  utsname system{};
  ::uname(&system);
  std::printf("File locks in turn, on real processes and files in %s (Linux %s, %u CPUs).\n\n",
              name, system.release, std::thread::hardware_concurrency());
  table t(plain(), in_turn(command), where);
  show(t);
  std::error_code ignored;
  fs::remove_all(where, ignored);
  return 0;
}

}  // namespace
}  // namespace demo

int main() {
  try {
    return demo::run();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "inturn-demo: %s\n", e.what());
    return 71;
  }
}
