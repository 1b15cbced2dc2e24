#include "region/claim.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"

namespace inturn::region {
namespace {

/// No fork() while a claim's descriptor is open: the child would have a copy of it, and keep the claim
/// alive after our death until it execs or ends. (A raw clone(2) in another thread can still hit these
/// microseconds: docs/liveness.md.)
std::mutex& window() {
  static std::mutex& it = *new std::mutex;
  static const int registered = ::pthread_atfork([] { window().lock(); }, [] { window().unlock(); },
                                                 [] { window().unlock(); });
  static_cast<void>(registered);
  return it;
}

int set_byte(int fd, std::uint32_t lane, short type) {
  struct flock byte {};
  byte.l_type = type;
  byte.l_whence = SEEK_SET;
  byte.l_start = static_cast<off_t>(claim_byte(lane));
  byte.l_len = 1;
  return base::sys.record_lock(fd, F_OFD_SETLK, &byte);
}

}  // namespace

claim::claim(claim&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}

claim& claim::operator=(claim&& other) noexcept {
  std::swap(at_, other.at_);
  return *this;
}

claim::~claim() {
  if (at_ != nullptr) ::munmap(at_, page);
}

claimer::claimer(const mapped& region) : region_(region) {
  window().lock();
  try {
    description_ = region_.describe_anew();
  } catch (...) {
    window().unlock();
    throw;
  }
}

claimer::~claimer() {
  description_.reset();
  window().unlock();
}

bool claimer::try_byte(std::uint32_t lane) {
  if (set_byte(description_.get(), lane, F_WRLCK) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  base::fail(errno, region_.name(), "cannot claim a place in the region");
}

void claimer::give_back(std::uint32_t lane) { set_byte(description_.get(), lane, F_UNLCK); }

claim claimer::keep(std::uint32_t lane) {
  void* at = base::sys.mmap(nullptr, page, PROT_NONE, MAP_SHARED, description_.get(), 0);
  if (at == MAP_FAILED) base::fail(errno, region_.name(), "cannot map a claim");
  claim kept(at);
  if (::madvise(at, page, MADV_DONTFORK) != 0)
    base::fail(errno, region_.name(), "cannot map a claim");
  description_.reset();
  // Another thread may have closed our descriptor, and opened something else in its place, in between.
  if (region_.certainly_dead(lane))
    base::fail(EBADF, region_.name(), "the program closed a descriptor that was being used");
  return kept;
}

}  // namespace inturn::region
