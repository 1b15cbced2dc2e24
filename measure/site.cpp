#include "measure/site.hpp"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"

namespace inturn::measure {
namespace {

namespace fs = std::filesystem;

fs::path make_directory(const fs::path& in) {
  std::string name = in / "inturn-measure-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    base::fail(errno, in.string(), "cannot make a directory to measure in");
  return name;
}

/// As the runtime directory that users get, in memory; where that cannot be had, in the one measured.
fs::path make_runtime_directory(const fs::path& own) {
  try {
    return make_directory("/dev/shm");
  } catch (const std::system_error&) {
    return make_directory(own);
  }
}

}  // namespace

site::site(const fs::path& directory) : named_(directory), own_(make_directory(directory)) {
  try {
    runtime_ = make_runtime_directory(own_);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(own_, ignored);
    throw;
  }
  ::setenv("INTURN_RUNTIME_DIR", runtime_.c_str(), 1);
}

site::~site() {
  ::unsetenv("INTURN_RUNTIME_DIR");
  std::error_code ignored;
  fs::remove_all(runtime_, ignored);
  fs::remove_all(own_, ignored);
}

std::string site::fresh(const std::string& what) const {
  return own_ / (what + "-" + std::to_string(count_++));
}

}  // namespace inturn::measure
