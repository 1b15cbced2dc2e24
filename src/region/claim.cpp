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

constexpr std::size_t claim_page = 4096;

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

int set_byte(int fd, std::uint64_t byte, short type) {
  struct flock claimed {};
  claimed.l_type = type;
  claimed.l_whence = SEEK_SET;
  claimed.l_start = static_cast<off_t>(byte);
  claimed.l_len = 1;
  return base::sys.record_lock(fd, F_OFD_SETLK, &claimed);
}

}  // namespace

claim::claim(claim&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}

claim& claim::operator=(claim&& other) noexcept {
  std::swap(at_, other.at_);
  return *this;
}

claim::~claim() {
  if (at_ != nullptr) ::munmap(at_, claim_page);
}

claimer::claimer(const anchor& file) : file_(file) {
  window().lock();
  try {
    description_ = file_.describe_anew();
  } catch (...) {
    window().unlock();
    throw;
  }
}

claimer::~claimer() {
  description_.reset();
  window().unlock();
}

bool claimer::try_byte(std::uint64_t byte) {
  if (set_byte(description_.get(), byte, F_WRLCK) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  base::fail(errno, file_.name(), "cannot claim a place in it");
}

void claimer::give_back(std::uint64_t byte) { set_byte(description_.get(), byte, F_UNLCK); }

claim claimer::keep(std::uint64_t byte) {
  void* at = base::sys.mmap(nullptr, claim_page, PROT_NONE, MAP_SHARED, description_.get(), 0);
  if (at == MAP_FAILED) base::fail(errno, file_.name(), "cannot map a claim");
  claim kept(at);
  if (::madvise(at, claim_page, MADV_DONTFORK) != 0)
    base::fail(errno, file_.name(), "cannot map a claim");
  description_.reset();
  // Another thread may have closed our descriptor, and opened something else in its place, in between.
  if (file_.certainly_dead(byte))
    base::fail(EBADF, file_.name(), "the program closed a descriptor that was being used");
  return kept;
}

}  // namespace inturn::region
