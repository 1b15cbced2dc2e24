#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "lock/participant.hpp"

namespace inturn::kernel {

/// This process's part in the queue of one lock file: opened when it is first needed, and opened
/// again after a fork. Thread-safe, without a mutex, which a fork in another thread could leave
/// locked for ever.
class queue {
 public:
  /// One taking part in a side region.
  struct member {
    std::shared_ptr<lock::participant> self;
    std::string reservation;  // why the order is not everybody's; empty: it is
    const member* next = nullptr;
  };

  queue(int lock_file_fd, lock::kind kind, const options& given);
  ~queue();
  queue(const queue&) = delete;
  queue& operator=(const queue&) = delete;

  /// Throws std::system_error when there is no queue to be had.
  member& join();

 private:
  member* find() const noexcept;

  const int fd_;
  const lock::kind kind_;
  const options options_;
  std::atomic<member*> all_{nullptr};  // only added to, at the front
};

}  // namespace inturn::kernel
