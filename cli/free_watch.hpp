#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "cli/in_turn.hpp"
#include "cli/processes.hpp"

namespace inturn::cli {

/// Looks, again and again, whether a lock is free, without ever taking it: at what `inturn show` shows,
/// and at the kernel's list of locks. docs/command.md says what that can see.
class free_watch {
 public:
  /// exclusive: free means that nobody holds it, or is waiting for it in turn; else: nobody exclusively.
  free_watch(target which, bool exclusive);

  bool is_free();
  /// Whether the last look could see everybody who may hold it.
  bool sees_all() const;

  /// Sleeps until it is worth a look: one of those that were seen to hold has ended, or some time has
  /// passed, at most until then (monotonic clock).
  void wait(std::uint64_t until_ns);

 private:
  bool is_known_to_be_held();
  bool is_found_held();
  bool is_asked_for();
  bool is_listed() const;
  bool stands_in_the_way(inturn::mode theirs) const;
  bool stands_in_the_way(const descriptor& theirs) const;
  std::vector<pid_t> holders() const;

  target which_;
  const bool exclusive_;
  requests asked_;
  processes seen_;               // with the descriptors that held at the last full look
  std::set<std::string> names_;  // the kernel's, of the file
  bool only_listed_ = false;     // the last full look found it in the kernel's list alone
  std::uint64_t cost_ns_ = 0;    // of the last look, to the processor
  std::uint64_t nap_ns_;
  bool woken_ = false;  // the last sleep was cut short
};

}  // namespace inturn::cli
