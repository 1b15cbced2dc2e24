#include <inturn/baton.hpp>
#include <inturn/lock.hpp>
#include <inturn/mutex.hpp>
#include <mutex>

// 0: locks of the installed library exclude each other, and a baton goes round.
int main() {
  auto file = inturn::lock_file::memfd();
  inturn::mutex guarded(file);
  const std::scoped_lock held(guarded);
  auto other = inturn::lock_file::adopt(file.fd());
  if (other.try_lock()) return 1;
  auto mine = inturn::baton::memfd({.capacity = 8});
  auto theirs = inturn::baton::adopt(mine.fd());
  if (theirs.try_wait()) return 2;
  mine.wait().hand_to(theirs.place());
  return theirs.wait().bytes().empty() ? 0 : 3;
}
