#include "storm/ground.hpp"

#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>

#include "kernel/side.hpp"
#include "region/region.hpp"

namespace inturn::storm {

namespace fs = std::filesystem;

ground::ground(std::uint32_t files) {
  fs::create_directory(dir_ / "runtime");
  ::setenv("INTURN_RUNTIME_DIR", (dir_ / "runtime").c_str(), 1);
  const region::mapped made = region::mapped::make_memfd(fs::perms(0600));
  memfd_ = base::reopen(made.fd(), O_RDWR);
  for (std::uint32_t i = 0; i < files; ++i) {
    const std::string name = "region" + std::to_string(i);
    region::mapped::open_or_make(dir_ / name, fs::perms(0600));
    add_native(name, dir_ / name);
  }
  add_native("memfd", {});
  for (std::uint32_t i = 0; i < files; ++i) add_lock_file("file" + std::to_string(i));
}

void ground::add_native(const std::string& name, const fs::path& path) {
  const auto order = static_cast<std::uint32_t>(regions_.size());
  places_.push_back({lock_kind::native, name, path, order});
  regions_.push_back({name, path, order});
}

void ground::add_lock_file(const std::string& name) {
  const auto order = static_cast<std::uint32_t>(regions_.size());
  const fs::path path = dir_ / name;
  test::write_file(path, "");
  places_.push_back({lock_kind::flock, name + " flock", path, order});
  places_.push_back({lock_kind::ofd, name + " OFD", path, order});
  const base::unique_fd fd = base::open_file(path.c_str(), O_RDWR);
  regions_.push_back({name + "'s queue", kernel::open_side(fd.get()).region.name(), order});
}

std::vector<bool> ground::tells_deaths() const {
  std::vector<bool> tells;
  for (const place& p : places_) tells.push_back(p.kind == lock_kind::native);
  return tells;
}

std::vector<std::string> ground::files() const {
  std::vector<std::string> all;
  for (const auto& each : fs::recursive_directory_iterator(dir_.path()))
    all.push_back(each.path().lexically_relative(dir_.path()));
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace inturn::storm
