#include <fcntl.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/sys.hpp"
#include "region/fresh.hpp"
#include "region/region.hpp"

namespace inturn::region {

using base::fail;
using base::sys;
using base::unique_fd;
namespace fs = std::filesystem;

namespace {

void write_fresh(int fd, const std::string& name, const std::string& stands_for) {
  if (sys.ftruncate(fd, static_cast<off_t>(region_size)) != 0)
    fail(errno, name, "cannot set the size of a new region");
  const auto fresh = std::make_unique<header>();
  fill_fresh(*fresh, stands_for.c_str());
  const ssize_t written = sys.pwrite(fd, fresh.get(), sizeof(header), 0);
  if (written != static_cast<ssize_t>(sizeof(header)))
    fail(written < 0 ? errno : ENOSPC, name, "cannot write a new region");
}

}  // namespace

making fresh_region(fs::perms mode, const std::string& stands_for) {
  return {"region", mode,
          [stands_for](int fd, const std::string& name) { write_fresh(fd, name, stands_for); }};
}

mapped mapped::open_existing(const fs::path& path, bool read_only) {
  // A FIFO of that name must not block us.
  unique_fd fd = base::open_file(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK);
  if (!fd) fail(errno, path.string(), "cannot open the region");
  return mapped(std::move(fd), path.string(), read_only);
}

mapped mapped::open_or_make(const fs::path& given, fs::perms mode, const std::string& stands_for) {
  // Absolute, so that it can be opened again after a chdir.
  const fs::path path = fs::absolute(given);
  return mapped(region::open_or_make(path, fresh_region(mode, stands_for)), path.string(), false);
}

mapped mapped::make_memfd(fs::perms mode) {
  const std::string name = "memfd:inturn";
  return mapped(region::make_memfd(fresh_region(mode, {}), name), name, false);
}

mapped mapped::adopt(int given) {
  received it = receive(given);
  return mapped(std::move(it.fd), std::move(it.name), false);
}

}  // namespace inturn::region
