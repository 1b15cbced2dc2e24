#include "preload/own.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include "base/clock.hpp"
#include "preload/system.hpp"

namespace inturn::preload {
namespace {

std::atomic<own_process*> memory{nullptr};

own_process* map_memory() {
  void* const at = ::mmap(nullptr, sizeof(own_process), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  if (::madvise(at, sizeof(own_process), MADV_WIPEONFORK) == 0)
    return static_cast<own_process*>(at);
  ::munmap(at, sizeof(own_process));
  return nullptr;
}

// No fork() while a claim's descriptor is open, or the child would have a copy of it, and keep the claim
// alive after our death. Should a stopped thread be in there, fork() goes on all the same.
thread_local bool forking_holds_growth = false;
void before_fork() { forking_holds_growth = begin_growing(); }
void after_fork_in_parent() {
  if (forking_holds_growth) end_growing();
}

[[gnu::constructor]] void at_load() {
  memory.store(map_memory(), std::memory_order_release);  // after it has been prepared
  ::pthread_atfork(before_fork, after_fork_in_parent, nullptr);
}

}  // namespace

own_process* own() { return memory.load(std::memory_order_acquire); }

bool is_own_process() {
  own_process* const mine = own();
  if (mine == nullptr) return false;
  const auto me = static_cast<std::uint32_t>(sys::process());
  std::uint32_t seen = mine->pid.load();
  if (seen == 0) {
    std::uint64_t none = 0;
    // Never the same as in an ancestor: that one's was made earlier.
    mine->generation.compare_exchange_strong(none, base::monotonic_ns() | 1);
    if (mine->pid.compare_exchange_strong(seen, me)) seen = me;
  }
  return seen == me;
}

bool begin_growing() {
  constexpr std::uint64_t soon_ns = 20'000'000;
  own_process* const mine = own();
  if (mine == nullptr) return false;
  std::uint64_t end = 0;
  std::uint32_t nobody = 0;
  while (!mine->growing.compare_exchange_strong(nobody, 1)) {
    nobody = 0;
    const std::uint64_t now = base::monotonic_ns();
    if (end == 0) end = now + soon_ns;
    if (now >= end) return false;
    sys::call(SYS_sched_yield);
  }
  return true;
}

void end_growing() { own()->growing.store(0); }

}  // namespace inturn::preload
