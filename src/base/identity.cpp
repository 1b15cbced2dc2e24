#include "base/identity.hpp"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <system_error>

#include "base/clock.hpp"

namespace inturn::base {
namespace {

/// Lies in a page that the kernel empties in every child that gets a copy of it (MADV_WIPEONFORK), raw
/// clone(2) and _Fork included, which run no atfork handler.
struct fork_proof {
  std::atomic<std::uint64_t> process{0};
  std::atomic<std::uint32_t> pid_namespace{0};
};

fork_proof& page() {
  static fork_proof* const it = [] {
    void* at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || ::madvise(at, 4096, MADV_WIPEONFORK) != 0)
      throw std::system_error(errno, std::generic_category(), "inturn: a page that fork wipes");
    return new (at) fork_proof;
  }();
  return *it;
}

/// So that numbers given by different processes, and a thread's and a caller's, do not meet.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

std::uint64_t random_word() {
  std::uint64_t value = 0;
  // Where a sandbox forbids the call: time, place and pid, which also differ between two processes.
  if (::getrandom(&value, sizeof value, 0) != sizeof value)
    value = mix(monotonic_ns() + mix(static_cast<std::uint64_t>(::getpid()) << 32));
  return value != 0 ? value : 1;
}

std::uint64_t thread_number() {
  // Not the tid: that of a thread that has ended is given out again, and its holds may live on.
  static std::atomic<std::uint64_t> next{1};
  thread_local const std::uint64_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace

std::uint64_t process_identity() {
  auto& word = page().process;
  std::uint64_t seen = word.load(std::memory_order_relaxed);
  if (seen == 0) [[unlikely]] {
    const std::uint64_t fresh = random_word();
    if (word.compare_exchange_strong(seen, fresh, std::memory_order_relaxed)) seen = fresh;
  }
  return seen;
}

std::uint64_t agent_identity(std::uint64_t given) {
  const std::uint64_t number = given != 0 ? mix(given) : thread_number();
  const std::uint64_t agent = mix(process_identity() + number);
  return agent != 0 ? agent : 1;
}

std::uint32_t my_pid_namespace() {
  auto& cached = page().pid_namespace;
  std::uint32_t seen = cached.load(std::memory_order_relaxed);
  if (seen == 0) {
    struct stat entry {};
    if (::stat("/proc/self/ns/pid", &entry) == 0) seen = static_cast<std::uint32_t>(entry.st_ino);
    cached.store(seen, std::memory_order_relaxed);
  }
  return seen;
}

names my_names() { return {static_cast<std::uint32_t>(::getpid()), my_pid_namespace()}; }

std::uint32_t my_thread_id() {
  thread_local std::uint64_t process = 0;
  thread_local std::uint32_t tid = 0;
  if (process != process_identity()) {
    process = process_identity();
    tid = static_cast<std::uint32_t>(::gettid());
  }
  return tid;
}

}  // namespace inturn::base
