#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "support/temp_dir.hpp"

namespace inturn::storm {

enum class lock_kind { native, flock, ofd };

/// One thing that can be locked.
struct place {
  lock_kind kind;
  std::string name;
  /// The region, or the lock file; empty: the region in the memfd.
  std::filesystem::path path;
  /// Which counter its tickets come from: two kinds of lock on one file share a region.
  std::uint32_t order;
};

/// A region, for who looks at it from outside.
struct watched_region {
  std::string name;
  std::filesystem::path path;  // empty: the memfd
  std::uint32_t order;
};

/// Where a storm takes place: regions, lock files and a runtime directory of its own, all made, and
/// nobody in them.
class ground {
 public:
  explicit ground(std::uint32_t files);

  const std::vector<place>& places() const { return places_; }
  const std::vector<watched_region>& regions() const { return regions_; }
  int memfd() const { return memfd_.get(); }
  std::vector<bool> tells_deaths() const;
  /// Every file that is there.
  std::vector<std::string> files() const;

 private:
  void add_native(const std::string& name, const std::filesystem::path& path);
  void add_lock_file(const std::string& name);

  test::temp_dir dir_;
  std::vector<place> places_;
  std::vector<watched_region> regions_;
  base::unique_fd memfd_;
};

}  // namespace inturn::storm
