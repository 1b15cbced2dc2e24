#pragma once

#include <pthread.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/robust_mutex.hpp"
#include "measure/shared.hpp"

namespace inturn::measure {

class rwlock_place {
 public:
  explicit rwlock_place(const site&) {
    pthread_rwlockattr_t how;
    must_be_zero(::pthread_rwlockattr_init(&how), "pthread_rwlockattr_init");
    must_be_zero(::pthread_rwlockattr_setpshared(&how, PTHREAD_PROCESS_SHARED), "process-shared");
    must_be_zero(::pthread_rwlock_init(&*lock_, &how), "pthread_rwlock_init");
    ::pthread_rwlockattr_destroy(&how);
  }
  pthread_rwlock_t* lock() const { return &*lock_; }

 private:
  shared<pthread_rwlock_t> lock_;
};

class rwlock_end {
 public:
  explicit rwlock_end(const rwlock_place& place) : lock_(place.lock()) {}
  void lock() { must_be_zero(::pthread_rwlock_wrlock(lock_), "pthread_rwlock_wrlock"); }
  void unlock() { must_be_zero(::pthread_rwlock_unlock(lock_), "pthread_rwlock_unlock"); }
  void lock_shared() { must_be_zero(::pthread_rwlock_rdlock(lock_), "pthread_rwlock_rdlock"); }
  void unlock_shared() { unlock(); }

 private:
  pthread_rwlock_t* lock_;
};

struct rwlock {
  static constexpr std::string_view name = "rwlock";
  static constexpr std::string_view what = "a pthread rwlock, process-shared";
  static constexpr nature is{owner::nobody, true, false};
  using place = rwlock_place;
  using end = rwlock_end;
};

}  // namespace inturn::measure
