#include "inturn/mutex.hpp"

#include <cerrno>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace inturn {

namespace lock {

/// The holds behind one mutex object, by thread: unlock() says only that some hold is to end.
class hold_keeper {
 public:
  bool keep(std::optional<hold> h) {
    if (!h) return false;
    const std::lock_guard guard(busy_);
    kept_.push_back({std::this_thread::get_id(), std::move(*h)});
    return true;
  }

  /// The calling thread's own if there is one, so that EDEADLK is told on the right account.
  void end(inturn::mode m) {
    hold ending;
    {
      const std::lock_guard guard(busy_);
      auto found = kept_.end();
      for (auto it = kept_.begin(); it != kept_.end(); ++it) {
        if (it->held.mode() != m) continue;
        found = it;
        if (it->thread == std::this_thread::get_id()) break;
      }
      if (found == kept_.end()) base::fail(EPERM, "inturn::mutex", "unlocked, but not locked");
      ending = std::move(found->held);
      kept_.erase(found);
    }
    ending.release();
  }

 private:
  struct entry {
    std::thread::id thread;
    hold held;
  };
  std::mutex busy_;
  std::vector<entry> kept_;
};

}  // namespace lock

mutex::mutex(lock_file& file, inturn::range where)
    : file_(file), range_(where), kept_(std::make_unique<lock::hold_keeper>()) {}
mutex::~mutex() = default;

void mutex::lock() { kept_->keep(file_.lock(mode::exclusive, range_)); }
bool mutex::try_lock() { return kept_->keep(file_.try_lock(mode::exclusive, range_)); }
void mutex::unlock() { kept_->end(mode::exclusive); }
bool mutex::lock_until(std::chrono::steady_clock::time_point time) {
  return kept_->keep(file_.try_lock_until(time, mode::exclusive, range_));
}

shared_mutex::shared_mutex(lock_file& file, inturn::range where)
    : file_(file), range_(where), kept_(std::make_unique<lock::hold_keeper>()) {}
shared_mutex::~shared_mutex() = default;

void shared_mutex::lock() { kept_->keep(file_.lock(mode::exclusive, range_)); }
bool shared_mutex::try_lock() { return kept_->keep(file_.try_lock(mode::exclusive, range_)); }
void shared_mutex::unlock() { kept_->end(mode::exclusive); }
void shared_mutex::lock_shared() { kept_->keep(file_.lock(mode::shared, range_)); }
bool shared_mutex::try_lock_shared() { return kept_->keep(file_.try_lock(mode::shared, range_)); }
void shared_mutex::unlock_shared() { kept_->end(mode::shared); }
bool shared_mutex::lock_until(inturn::mode m, std::chrono::steady_clock::time_point time) {
  return kept_->keep(file_.try_lock_until(time, m, range_));
}

}  // namespace inturn
