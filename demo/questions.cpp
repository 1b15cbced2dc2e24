#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include "contender.hpp"
#include "processes.hpp"

namespace demo {
namespace {

using namespace std::chrono_literals;

/// The numbers in a file, one a line.
std::vector<int> numbers_in(const std::string& path) {
  std::ifstream file(path);
  std::vector<int> all;
  for (int n; file >> n;) all.push_back(n);
  return all;
}

/// Until somebody holds the lock.
void wait_until_taken(const std::string& lock) {
  const auto taken = [fd = ::open(lock.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0666)] {
    if (::flock(fd, LOCK_SH | LOCK_NB) != 0) return true;
    ::flock(fd, LOCK_UN);
    return false;
  };
  if (!wait_for(taken, 10s)) throw std::runtime_error(lock + ": nobody takes the lock");
}

std::vector<std::string> note(int number, const std::string& path) {
  return {"sh", "-c", "echo " + std::to_string(number) + " >> " + path};
}

}  // namespace

barging pass_a_waiter(const contender& who, const std::string& lock) {
  struct state {
    std::atomic<bool> go{false}, granted{false};
    std::atomic<long> passes{0};
  };
  constexpr int rounds = 15;
  barging result{0, 0};
  for (int round = 0; round < rounds; ++round) {
    auto& s = make_shared_between_processes<state>();
    child looper([&] {
      const auto call = who.open(lock);
      call(LOCK_EX);
      while (!s.go) std::this_thread::sleep_for(100us);
      while (!s.granted) {
        call(LOCK_UN);
        call(LOCK_EX);
        if (!s.granted) ++s.passes;
      }
    });
    wait_until_taken(lock);
    child waiter([&] {
      const auto call = who.open(lock);
      call(LOCK_EX);
      s.granted = true;
      call(LOCK_UN);
    });
    waiter.wait_until_blocked();
    s.go = true;
    waiter.wait(5s);
    s.granted = true;
    looper.wait(5s);
    result.mean += static_cast<double>(s.passes) / rounds;
    result.most = std::max(result.most, s.passes.load());
  }
  return result;
}

double starve_a_writer(const contender& who, const std::string& lock, double cap) {
  struct state {
    std::atomic<bool> stop{false};
    std::atomic<int> reading{0};
  };
  auto& s = make_shared_between_processes<state>();
  std::vector<child> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&, i] {
      const auto call = who.open(lock);
      std::this_thread::sleep_for(5ms * i);  // so that their holds overlap
      while (!s.stop) {
        call(LOCK_SH);
        ++s.reading;
        std::this_thread::sleep_for(20ms);
        call(LOCK_UN);
      }
    });
  wait_for([&] { return s.reading > 8; }, 5s);
  const auto began = clock::now();
  child writer([&] { who.open(lock)(LOCK_EX); });
  const bool granted = writer.wait(seconds(cap));
  const seconds waited = clock::now() - began;
  s.stop = true;
  return granted ? waited.count() : -1;
}

queueing queue_commands(const contender& who, const std::string& lock) {
  struct state {
    std::atomic<bool> go{false}, stop{false};
    std::atomic<long> walked_in{0};
  };
  constexpr int commands = 20;
  constexpr std::uintmax_t all_written =
      std::string_view("1\n").size() * 9 + std::string_view("10\n").size() * 11;
  const std::string ran = lock + ".ran";
  auto& s = make_shared_between_processes<state>();
  child barger([&] {
    const auto call = who.open(lock);
    call(LOCK_EX);
    while (!s.go) std::this_thread::sleep_for(100us);
    while (!s.stop) {
      call(LOCK_UN);
      call(LOCK_EX);
      // They write while they hold the lock, and we hold it now: so who has not written still waits.
      std::error_code none_yet;
      if (std::filesystem::file_size(ran, none_yet) != all_written) ++s.walked_in;
    }
  });
  wait_until_taken(lock);
  std::vector<child> queue;
  for (int n = 1; n <= commands; ++n) {
    queue.emplace_back(who.running(lock, note(n, ran)));
    queue.back().wait_until_blocked();
  }
  s.go = true;
  queueing result;
  for (child& c : queue) c.wait(10s);
  s.stop = true;
  result.walked_in = s.walked_in;
  result.order = numbers_in(ran);
  return result;
}

recovery kill_the_holder(const contender& who, const std::string& lock) {
  const std::string ran = lock + ".ran";
  child holder(who.running(lock, {"sleep", "100"}, {"-F"}));
  wait_until_taken(lock);
  std::vector<child> queue;
  for (int n = 1; n <= 4; ++n) {
    queue.emplace_back(who.running(lock, note(n, ran)));
    queue.back().wait_until_blocked();
  }
  queue[1].kill();
  queue[1].wait(1s);
  const auto killed = clock::now();
  holder.kill();
  recovery result;
  if (wait_for([&] { return !numbers_in(ran).empty(); }, 5s))
    result.next_ms = seconds(clock::now() - killed).count() * 1000;
  wait_for([&] { return numbers_in(ran).size() == 3; }, 5s);
  result.order = numbers_in(ran);
  return result;
}

}  // namespace demo
