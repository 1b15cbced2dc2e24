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

mapped::mapped(unique_fd fd, std::string name, bool read_only)
    : fd_(std::move(fd)), name_(std::move(name)) {
  struct stat file {};
  if (sys.fstat(fd_.get(), &file) != 0) fail(errno, name_, "cannot look at the region");
  device_ = file.st_dev;
  inode_ = file.st_ino;
  if (!S_ISREG(file.st_mode)) fail(EILSEQ, name_, "not a region: not a regular file");
  refuse_network(fd_.get(), name_);
  if (file.st_size == 0)
    fail(EILSEQ, name_,
         "not a region: it is empty (name a file that does not exist yet, or remove it)");
  if (static_cast<std::size_t>(file.st_size) < sizeof(header))
    fail(EILSEQ, name_, "not a region, or one that was cut short (remove it if nobody uses it)");

  // The size is checked first and the whole mapped next: a header page is there, so it can be read.
  const int protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  void* at = sys.mmap(nullptr, region_size, protection, MAP_SHARED, fd_.get(), 0);
  if (at == MAP_FAILED) fail(errno, name_, "cannot map the region");
  at_ = static_cast<layout*>(at);
  try {
    check();
    if (static_cast<std::size_t>(file.st_size) != region_size)
      fail(EILSEQ, name_, "a region that was cut short or grew (remove it if nobody uses it)");
  } catch (...) {
    ::munmap(at_, region_size);
    throw;
  }
}

void mapped::check() const {
  const header& h = at_->header;
  if (!is_region(h))
    fail(EILSEQ, name_,
         "not a region: it holds something else (name another file; it was left as it is)");
  if (!is_of_this_version(h))
    fail(EPROTO, name_, "a region of another version of inturn (remove it when nobody uses it)");
}

mapped::mapped(mapped&& other) noexcept
    : at_(std::exchange(other.at_, nullptr)),
      fd_(std::move(other.fd_)),
      name_(std::move(other.name_)),
      device_(other.device_),
      inode_(other.inode_) {}

mapped& mapped::operator=(mapped&& other) noexcept {
  std::swap(at_, other.at_);
  fd_.swap(other.fd_);
  name_.swap(other.name_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

mapped::~mapped() {
  if (at_ != nullptr) ::munmap(at_, region_size);
  // The program may have closed our descriptor and opened another file in its place: not ours to close.
  if (fd_ && !is_this_file(fd_.get())) fd_.release();
}

bool mapped::is_this_file(int fd) const noexcept {
  struct stat file {};
  return sys.fstat(fd, &file) == 0 && file.st_dev == device_ && file.st_ino == inode_;
}

namespace {
constexpr const char* lost_descriptor =
    "the program has closed the region's descriptor, and it cannot be opened again by name";
}

unique_fd mapped::describe_anew() const {
  if (is_this_file(fd_.get())) {
    unique_fd fresh = base::reopen(fd_.get(), O_RDWR);
    if (fresh && is_this_file(fresh.get())) return fresh;
    if (!fresh && errno != ENOENT && errno != ENOTDIR)
      fail(errno, name_, "cannot open the region afresh");
  }
  // Whatever has that name now is opened without blocking, and used only if it is the region.
  unique_fd by_name = base::open_file(name_.c_str(), O_RDWR | O_NONBLOCK);
  if (!by_name && (errno == EMFILE || errno == ENFILE))
    fail(errno, name_, "cannot open the region afresh");
  if (!by_name || !is_this_file(by_name.get())) fail(EBADF, name_, lost_descriptor);
  return by_name;
}

bool mapped::certainly_dead(std::uint32_t lane) const {
  const auto ask = [&](int fd) {
    struct flock claim {};
    claim.l_type = F_WRLCK;
    claim.l_whence = SEEK_SET;
    claim.l_start = static_cast<off_t>(claim_byte(lane));
    claim.l_len = 1;
    return sys.record_lock(fd, F_OFD_GETLK, &claim) == 0 && claim.l_type == F_UNLCK;
  };
  // The program may have closed our descriptor behind our back, and another file may have its number,
  // whose answer would make the living look dead. So: is it ours before, and still after?
  if (is_this_file(fd_.get())) {
    const bool dead = ask(fd_.get());
    if (is_this_file(fd_.get())) return dead;
  }
  return ask(describe_anew().get());
}

void mapped::reserve(std::uint32_t lane) const {
  const off_t at = static_cast<off_t>(sizeof(header) + lane * sizeof(table::lane));
  const auto room = [&](int result) {
    if (result == 0) return true;
    if (errno == EOPNOTSUPP || errno == ENOSYS) return false;
    fail(errno, name_, "cannot make room in the region");
  };
  const auto page_start = at - at % static_cast<off_t>(page);
  const unique_fd fresh = is_this_file(fd_.get()) ? unique_fd() : describe_anew();
  const int fd = fresh ? fresh.get() : fd_.get();
  int reserved;
  do {
    reserved = sys.fallocate(fd, 0, page_start, page);
  } while (reserved != 0 && errno == EINTR);
  if (room(reserved)) return;
  // A file system that cannot reserve: write what is there anyway, the lane's unused word.
  constexpr std::uint64_t zero = 0;
  const off_t unused = at + static_cast<off_t>(offsetof(table::lane, unused));
  const ssize_t written = sys.pwrite(fd, &zero, sizeof zero, unused);
  if (written != sizeof zero)
    fail(written < 0 ? errno : ENOSPC, name_, "cannot make room in the region");
}

}  // namespace inturn::region
