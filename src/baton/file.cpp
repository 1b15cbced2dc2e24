#include "baton/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"
#include "region/making.hpp"

namespace inturn::relay {
namespace {

using base::fail;
using base::sys;
namespace fs = std::filesystem;

/// A fresh file: nobody is a member, and the words are the last that is written.
void write_fresh(int fd, const std::string& name, std::size_t capacity) {
  const std::uint64_t size = size_for(capacity);
  if (sys.ftruncate(fd, static_cast<off_t>(size)) != 0)
    fail(errno, name, "cannot set the size of a new baton");
  // Its memory has to be there before anybody touches it, or a full disk would kill them.
  int reserved;
  do {
    reserved = sys.fallocate(fd, 0, 0, static_cast<off_t>(size));
  } while (reserved != 0 && errno == EINTR);
  if (reserved != 0 && errno != EOPNOTSUPP && errno != ENOSYS)
    fail(errno, name, "cannot make room for a new baton");
  shared_words fresh{};
  fresh.magic = magic;
  const off_t at = static_cast<off_t>(size - sizeof fresh);
  const ssize_t written = sys.pwrite(fd, &fresh, sizeof fresh, at);
  if (written != static_cast<ssize_t>(sizeof fresh))
    fail(written < 0 ? errno : ENOSPC, name, "cannot write a new baton");
}

region::making fresh_baton(fs::perms mode, std::size_t capacity) {
  return {"baton", mode, [capacity](int fd, const std::string& name) {
            if (capacity > max_capacity) fail(EINVAL, name, "more bytes than a baton can carry");
            write_fresh(fd, name, capacity);
          }};
}

}  // namespace

shared_file::shared_file(base::unique_fd fd, std::string given_name)
    : anchor(std::move(fd), std::move(given_name), "baton") {
  if (size() < sizeof(shared_words) || size() % sizeof(shared_words) != 0 ||
      size() > size_for(max_capacity))
    fail(EILSEQ, name(), "not a baton: of no size that one has (name another file)");
  void* at = sys.mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_SHARED, this->fd(), 0);
  if (at == MAP_FAILED) fail(errno, name(), "cannot map the baton");
  at_ = static_cast<std::byte*>(at);
  const std::uint32_t found = words().magic.load();
  if (found == magic) return;
  ::munmap(at_, size());
  if ((found & 0xffffff) == magic_of_any_version)
    fail(EPROTO, name(), "a baton of another version of inturn (remove it when nobody uses it)");
  fail(EILSEQ, name(),
       "not a baton: it holds something else (name another file; it was left as it is)");
}

shared_file::shared_file(shared_file&& other) noexcept
    : anchor(std::move(other)), at_(std::exchange(other.at_, nullptr)) {}

shared_file::~shared_file() {
  if (at_ != nullptr) ::munmap(at_, size());
}

shared_file shared_file::open_or_make(const fs::path& given, fs::perms mode, std::size_t capacity) {
  // Absolute, so that it can be opened again after a chdir.
  const fs::path path = fs::absolute(given);
  return {region::open_or_make(path, fresh_baton(mode, capacity)), path.string()};
}

shared_file shared_file::make_memfd(fs::perms mode, std::size_t capacity) {
  const std::string name = "memfd:inturn";
  return {region::make_memfd(fresh_baton(mode, capacity), name), name};
}

shared_file shared_file::adopt(int given) {
  region::received it = region::receive(given);
  return {std::move(it.fd), std::move(it.name)};
}

}  // namespace inturn::relay
