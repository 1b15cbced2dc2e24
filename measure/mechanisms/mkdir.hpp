#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include "measure/adapt.hpp"
#include "measure/mechanisms/file.hpp"
#include "measure/pause.hpp"

namespace inturn::measure {

class mkdir_place {
 public:
  explicit mkdir_place(const site& where) : path_(where.fresh("lock.d")) {
    must(::mkdir(path_.c_str(), 0700) == 0 && ::rmdir(path_.c_str()) == 0, "mkdir");
  }
  std::string path() const { return path_; }

 private:
  std::string path_;
};

class mkdir_end {
 public:
  explicit mkdir_end(const mkdir_place& place) : path_(place.path()) {}
  void lock() {
    while (::mkdir(path_.c_str(), 0700) != 0) {
      must(errno == EEXIST, "mkdir");
      pause_for(std::chrono::milliseconds(1));
    }
  }
  void unlock() { must(::rmdir(path_.c_str()) == 0, "rmdir"); }

 private:
  std::string path_;
};

struct mkdir_lock {
  static constexpr std::string_view name = "mkdir";
  static constexpr std::string_view what = "a directory made and removed, tried every millisecond";
  static constexpr nature is{owner::nobody};
  using place = mkdir_place;
  using end = mkdir_end;
};

}  // namespace inturn::measure
