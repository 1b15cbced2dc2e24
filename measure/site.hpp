#pragma once

#include <filesystem>
#include <string>

namespace inturn::measure {

/// Where is measured: a fresh directory in the one that was named, and gone with all that is in it at the
/// end. The side regions of kernel locks taken in turn go where they always lie, in memory, but into a
/// directory of our own.
class site {
 public:
  /// Throws std::system_error when nothing can be made in that directory.
  explicit site(const std::filesystem::path& directory);
  ~site();
  site(const site&) = delete;
  site& operator=(const site&) = delete;

  const std::filesystem::path& directory() const { return named_; }
  /// A path that nothing has yet.
  std::string fresh(const std::string& what) const;

 private:
  std::filesystem::path named_, own_, runtime_;
  mutable unsigned count_ = 0;
};

}  // namespace inturn::measure
