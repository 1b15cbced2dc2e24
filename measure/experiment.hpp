#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "measure/mechanism.hpp"
#include "measure/result.hpp"
#include "measure/site.hpp"

namespace inturn::measure {

enum class effort { quick, full };

struct metric {
  std::string_view name;
  std::string_view unit;  // ns, s, count, per_second, ratio, bool
  std::string_view meaning;
  /// More than none of it, or true, is harm.
  bool harm = false;
};

/// One of the mechanisms that take part, with the rows that it gets.
class subject {
 public:
  subject(std::string_view experiment, const std::vector<metric>& metrics, const mechanism& which,
          results& out)
      : experiment_(experiment), metrics_(metrics), mechanism_(which), out_(out) {}

  const mechanism& how() const { return mechanism_; }
  std::string name() const { return std::string(mechanism_.name); }

  void add(std::string_view metric, measured value, std::vector<parameter> = {});
  void add(std::string_view metric, const spread& rounds, std::vector<parameter> = {});
  void skip(std::string_view metric, const std::string& why, std::vector<parameter> = {});
  /// All of the experiment's metrics.
  void skip_all(const std::string& why);
  /// Has any row yet.
  bool has_rows() const { return rows_ > 0; }

  void add(trace);
  void add(waits);

 private:
  row& next(std::string_view metric, std::vector<parameter>);

  std::string experiment_;
  const std::vector<metric>& metrics_;
  const mechanism& mechanism_;
  results& out_;
  std::size_t rows_ = 0;
};

/// A time that is given to something that is done again and again: how much of it may have passed by now.
class budget {
 public:
  explicit budget(std::chrono::nanoseconds all)
      : start_(base::monotonic_ns()), all_ns_(static_cast<double>(all.count())) {}
  /// True when that part of the work has taken more than its part of the time.
  bool is_spent(double part_of_work) const {
    return static_cast<double>(base::monotonic_ns() - start_) > part_of_work * all_ns_;
  }

 private:
  std::uint64_t start_;
  double all_ns_;
};

struct setting {
  const site& where;
  effort how_much = effort::full;
  /// Says what is being done, to whoever watches.
  std::function<void(const std::string&)> doing = [](const std::string&) {};

  bool quick() const { return how_much == effort::quick; }
  template <class T>
  T either(T if_quick, T if_full) const {
    return quick() ? if_quick : if_full;
  }
};

struct experiment {
  std::string_view name;
  std::string_view question;
  std::vector<metric> metrics;
  /// Why a mechanism cannot be asked; empty if it can.
  std::string (*unfit)(const mechanism&);
  /// Asks all those who can be asked.
  void (*run)(const setting&, std::vector<subject>&);
};

/// For experiments that ask one mechanism after the other. What fails for one does not end the others: it
/// is said in that one's rows.
void one_by_one(const setting& here, std::vector<subject>& all,
                const std::function<void(subject&)>& ask);

// The usual answers to `unfit`.
std::string fits(const mechanism&);
std::string needs_sharing(const mechanism&);

}  // namespace inturn::measure
