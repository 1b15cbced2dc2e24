#pragma once

#include <pthread.h>

#include "measure/adapt.hpp"
#include "measure/shared.hpp"

namespace inturn::measure {

/// pthread functions return their error.
inline void must_be_zero(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

class robust_mutex_place {
 public:
  explicit robust_mutex_place(const site&) {
    pthread_mutexattr_t how;
    must_be_zero(::pthread_mutexattr_init(&how), "pthread_mutexattr_init");
    must_be_zero(::pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED), "process-shared");
    must_be_zero(::pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST), "robust");
    must_be_zero(::pthread_mutex_init(&*mutex_, &how), "pthread_mutex_init");
    ::pthread_mutexattr_destroy(&how);
  }
  pthread_mutex_t* mutex() const { return &*mutex_; }

 private:
  shared<pthread_mutex_t> mutex_;
};

class robust_mutex_end {
 public:
  explicit robust_mutex_end(const robust_mutex_place& place) : mutex_(place.mutex()) {}
  void lock() {
    int error = ::pthread_mutex_lock(mutex_);
    if (error == EOWNERDEAD) error = ::pthread_mutex_consistent(mutex_);
    must_be_zero(error, "pthread_mutex_lock");
  }
  void unlock() { must_be_zero(::pthread_mutex_unlock(mutex_), "pthread_mutex_unlock"); }

 private:
  pthread_mutex_t* mutex_;
};

struct robust_mutex {
  static constexpr std::string_view name = "robust-mutex";
  static constexpr std::string_view what = "a pthread mutex, process-shared and robust";
  static constexpr nature is{owner::process, true, false};
  using place = robust_mutex_place;
  using end = robust_mutex_end;
};

}  // namespace inturn::measure
