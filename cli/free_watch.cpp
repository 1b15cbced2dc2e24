#include "cli/free_watch.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/identity.hpp"
#include "cli/failure.hpp"
#include "cli/kernel_parties.hpp"

namespace inturn::cli {
namespace {

constexpr std::uint64_t shortest_nap_ns = 1'000'000, longest_nap_ns = 20'000'000;
/// The naps are at least so many times as long as the looks: a tenth of a core at most.
constexpr std::uint64_t nap_to_look = 10;
constexpr std::size_t most_watched = 64;

/// There the kernel's list has the locks of all, dead or alive, in whatever namespace.
bool is_in_first_pid_namespace() {
  constexpr std::uint32_t its_inode = 0xEFFFFFFC;
  return base::my_pid_namespace() == its_inode;
}

}  // namespace

free_watch::free_watch(target which, bool exclusive)
    : which_(std::move(which)), exclusive_(exclusive), nap_ns_(shortest_nap_ns) {}

bool free_watch::is_free() {
  const std::uint64_t began = base::nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  // Those who wait in turn first: one whose turn comes meanwhile is then seen twice, not never.
  const bool held = is_asked_for() || is_known_to_be_held() || is_found_held();
  cost_ns_ = base::nanoseconds(CLOCK_THREAD_CPUTIME_ID) - began;
  return !held;
}

bool free_watch::sees_all() const {
  return asked_.complete && (seen_.complete || is_in_first_pid_namespace());
}

bool free_watch::stands_in_the_way(inturn::mode theirs) const {
  return exclusive_ || theirs == mode::exclusive;
}

bool free_watch::stands_in_the_way(const descriptor& theirs) const {
  return std::any_of(theirs.locks.begin(), theirs.locks.end(), [&](const kernel_lock& l) {
    // A region's OFD locks say who takes part, not who holds.
    return stands_in_the_way(l.mode) && !(which_.is_region && l.kind == lock::kind::ofd);
  });
}

bool free_watch::is_asked_for() {
  try {  // a queue may have been made since; the name may be another file's by now
    if (target now = find_target(which_.path); now.file == which_.file) which_ = std::move(now);
  } catch (const failure&) {
  } catch (const std::system_error&) {
  }
  asked_ = list_requests(which_);
  return std::any_of(asked_.list.begin(), asked_.list.end(),
                     [&](const lock::listed& r) { return stands_in_the_way(r.mode); });
}

bool free_watch::is_listed() const {
  const std::vector<kernel_lock> all = held_locks();
  return std::any_of(all.begin(), all.end(), [&](const kernel_lock& l) {
    return names_.contains(l.where) && stands_in_the_way({0, -1, which_.file, {l}});
  });
}

/// Cheap: those that held at the last full look.
bool free_watch::is_known_to_be_held() {
  if (only_listed_ && is_listed()) return true;
  return std::any_of(seen_.descriptors.begin(), seen_.descriptors.end(), [&](descriptor& each) {
    if (each.locks.empty()) return false;
    look_again(each);
    return stands_in_the_way(each);
  });
}

bool free_watch::is_found_held() {
  seen_ = find_descriptors({which_.file});
  names_.merge(names_of(seen_, which_.file));
  const bool held = std::any_of(seen_.descriptors.begin(), seen_.descriptors.end(),
                                [&](const descriptor& each) { return stands_in_the_way(each); });
  only_listed_ = !held && is_listed();
  return held || only_listed_;
}

std::vector<pid_t> free_watch::holders() const {
  std::set<pid_t> pids;
  for (const descriptor& each : seen_.descriptors)
    if (stands_in_the_way(each)) pids.insert(each.pid);
  for (const lock::listed& each : asked_.list)
    if (each.holds && each.pid_namespace == base::my_pid_namespace())
      pids.insert(static_cast<pid_t>(each.pid));
  return {pids.begin(), pids.end()};
}

void free_watch::wait(std::uint64_t until_ns) {
  std::vector<base::unique_fd> ends;
  std::vector<pollfd> watched;
  // Not twice in a row: whoever has ended may be listed for an instant still.
  if (!woken_)
    for (pid_t pid : holders()) {
      if (ends.size() == most_watched) break;
      ends.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
      if (ends.back()) watched.push_back({ends.back().get(), POLLIN, 0});
    }
  const std::uint64_t now = base::monotonic_ns();
  const std::uint64_t nap = std::max(nap_ns_, nap_to_look * cost_ns_);
  const timespec time = base::to_timespec(std::min(nap, until_ns - std::min(now, until_ns)));
  woken_ = ::ppoll(watched.data(), watched.size(), &time, nullptr) > 0;
  nap_ns_ = std::min(2 * nap_ns_, longest_nap_ns);
}

}  // namespace inturn::cli
