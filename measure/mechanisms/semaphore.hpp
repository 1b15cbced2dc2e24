#pragma once

#include <semaphore.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"
#include "measure/shared.hpp"

namespace inturn::measure {

class semaphore_place {
 public:
  explicit semaphore_place(const site&) { must(::sem_init(&*semaphore_, 1, 1) == 0, "sem_init"); }
  sem_t* semaphore() const { return &*semaphore_; }

 private:
  shared<sem_t> semaphore_;
};

class semaphore_end {
 public:
  explicit semaphore_end(const semaphore_place& place) : semaphore_(place.semaphore()) {}
  void lock() {
    while (::sem_wait(semaphore_) != 0) must(errno == EINTR, "sem_wait");
  }
  void unlock() { must(::sem_post(semaphore_) == 0, "sem_post"); }

 private:
  sem_t* semaphore_;
};

struct semaphore {
  static constexpr std::string_view name = "semaphore";
  static constexpr std::string_view what = "a POSIX semaphore of 1, process-shared";
  static constexpr nature is{owner::nobody, true, false};
  using place = semaphore_place;
  using end = semaphore_end;
};

}  // namespace inturn::measure
