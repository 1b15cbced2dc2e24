#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace inturn::measure {

/// A T that this process and those that it forks later share. T: atomics and plain data.
template <class T>
class shared {
 public:
  shared() {
    void* at =
        ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "shared memory");
    it_ = new (at) T{};
  }
  shared(shared&& other) noexcept : it_(std::exchange(other.it_, nullptr)) {}
  shared& operator=(shared&& other) noexcept {
    std::swap(it_, other.it_);
    return *this;
  }
  ~shared() {
    if (it_ != nullptr) ::munmap(static_cast<void*>(it_), sizeof(T));
  }

  T* operator->() const { return it_; }
  T& operator*() const { return *it_; }

 private:
  T* it_;
};

}  // namespace inturn::measure
