#include "region/region.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"
#include "region/fresh.hpp"

namespace inturn::region {

using base::fail;
using base::sys;
using base::unique_fd;

mapped::mapped(unique_fd fd, std::string given_name, bool read_only)
    : anchor(std::move(fd), std::move(given_name), "region") {
  if (size() == 0)
    fail(EILSEQ, name(),
         "not a region: it is empty (name a file that does not exist yet, or remove it)");
  if (size() < sizeof(header))
    fail(EILSEQ, name(), "not a region, or one that was cut short (remove it if nobody uses it)");

  // The size is checked first and the whole mapped next: a header page is there, so it can be read.
  const int protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  void* at = sys.mmap(nullptr, region_size, protection, MAP_SHARED, this->fd(), 0);
  if (at == MAP_FAILED) fail(errno, name(), "cannot map the region");
  at_ = static_cast<layout*>(at);
  try {
    check();
    if (size() != region_size)
      fail(EILSEQ, name(), "a region that was cut short or grew (remove it if nobody uses it)");
  } catch (...) {
    ::munmap(at_, region_size);
    throw;
  }
}

void mapped::check() const {
  const header& h = at_->header;
  if (!is_region(h))
    fail(EILSEQ, name(),
         "not a region: it holds something else (name another file; it was left as it is)");
  if (!is_of_this_version(h))
    fail(EPROTO, name(), "a region of another version of inturn (remove it when nobody uses it)");
}

mapped::mapped(mapped&& other) noexcept
    : anchor(std::move(other)), at_(std::exchange(other.at_, nullptr)) {}

mapped& mapped::operator=(mapped&& other) noexcept {
  std::swap(at_, other.at_);
  anchor::operator=(std::move(other));
  return *this;
}

mapped::~mapped() {
  if (at_ != nullptr) ::munmap(at_, region_size);
}

void mapped::reserve(std::uint32_t lane) const {
  const off_t at = static_cast<off_t>(sizeof(header) + lane * sizeof(table::lane));
  const auto room = [&](int result) {
    if (result == 0) return true;
    if (errno == EOPNOTSUPP || errno == ENOSYS) return false;
    fail(errno, name(), "cannot make room in the region");
  };
  const auto page_start = at - at % static_cast<off_t>(page);
  const unique_fd fresh = is_this_file(fd()) ? unique_fd() : describe_anew();
  const int at_fd = fresh ? fresh.get() : fd();
  int reserved;
  do {
    reserved = sys.fallocate(at_fd, 0, page_start, page);
  } while (reserved != 0 && errno == EINTR);
  if (room(reserved)) return;
  // A file system that cannot reserve: write what is there anyway, the lane's unused word.
  constexpr std::uint64_t zero = 0;
  const off_t unused = at + static_cast<off_t>(offsetof(table::lane, unused));
  const ssize_t written = sys.pwrite(at_fd, &zero, sizeof zero, unused);
  if (written != sizeof zero)
    fail(written < 0 ? errno : ENOSPC, name(), "cannot make room in the region");
}

}  // namespace inturn::region
