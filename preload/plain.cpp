#include "plain.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>

namespace inturn::preload {

// One of each pair is enough: where offsets have 64 bits, they are the same.
static_assert(sizeof(off_t) == 8, "offsets of 64 bits only");

namespace {

plain_calls found{};
std::atomic<bool> ready{false};

template <class Call>
void find(Call& out, const char* name) {
  out = reinterpret_cast<Call>(::dlsym(RTLD_NEXT, name));
  // A program that calls it cannot have started without it.
  if (out == nullptr) ::_exit(127);
}

/// Two threads may do this at a time: both find the same.
const plain_calls& find_all() {
  find(found.flock, "flock");
  find(found.fcntl, "fcntl");
  find(found.lockf, "lockf");
  ready.store(true, std::memory_order_release);  // after what it stands for
  return found;
}

[[gnu::constructor]] void at_load() { find_all(); }

}  // namespace

const plain_calls& plain() {
  return ready.load(std::memory_order_acquire) ? found : find_all();  // before what it stands for
}

}  // namespace inturn::preload
