#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "inturn/lock.hpp"
#include "measure/adapt.hpp"

namespace inturn::measure {

class inturn_place {
 public:
  explicit inturn_place(const site& where) : path_(where.fresh("region")) {
    lock_file{std::filesystem::path(path_)};  // makes it
  }
  std::string file() const { return path_; }

 private:
  std::string path_;
};

class inturn_end {
 public:
  explicit inturn_end(const inturn_place& place) : region_(std::filesystem::path(place.file())) {}
  void lock() { hold_ = region_.lock(); }
  void unlock() { hold_.release(); }
  void lock_shared() { hold_ = region_.lock(mode::shared); }
  void unlock_shared() { hold_.release(); }
  void lock_byte(std::uint64_t byte) {
    bytes_.insert_or_assign(byte, region_.lock(mode::exclusive, {byte, 1}));
  }
  void unlock_byte(std::uint64_t byte) { bytes_.erase(byte); }
  // As a program does it, which keeps a hold in the scope that needs it.
  void pair() { region_.lock().release(); }
  void shared_pair() { region_.lock(mode::shared).release(); }
  void byte_pair(std::uint64_t byte) { region_.lock(mode::exclusive, {byte, 1}).release(); }
  int descriptor() const { return region_.fd(); }

 private:
  lock_file region_;
  hold hold_;
  std::unordered_map<std::uint64_t, hold> bytes_;
};

struct inturn_lock {
  static constexpr std::string_view name = "inturn";
  static constexpr std::string_view what = "inturn::lock_file";
  static constexpr nature is{owner::process};
  using place = inturn_place;
  using end = inturn_end;
};

}  // namespace inturn::measure
