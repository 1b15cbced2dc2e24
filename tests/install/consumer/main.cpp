#include <inturn/lock.hpp>
#include <inturn/mutex.hpp>
#include <mutex>

// 0: locks of the installed library exclude each other.
int main() {
  auto file = inturn::lock_file::memfd();
  inturn::mutex guarded(file);
  const std::scoped_lock held(guarded);
  auto other = inturn::lock_file::adopt(file.fd());
  return other.try_lock() ? 1 : 0;
}
