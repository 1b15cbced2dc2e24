#include "cli/kernel_parties.hpp"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <set>

#include "table/words.hpp"

namespace inturn::cli {
namespace {

bool same_lock(const kernel_lock& a, const kernel_lock& b) {
  return a.kind == b.kind && a.mode == b.mode && same_range(a.range, b.range) && a.taker == b.taker;
}

/// Descriptors of one open file description, which owns the locks.
using description = std::vector<const descriptor*>;

bool belongs_to(const descriptor& d, const description& group) {
  const descriptor& first = *group.front();
  // Where the kernel does not compare: by what the locks look like. Two processes that took the
  // same kind of shared OFD lock each are then taken for one.
  return same_description(d, first).value_or(std::equal(
      d.locks.begin(), d.locks.end(), first.locks.begin(), first.locks.end(), same_lock));
}

std::vector<description> group(const processes& seen, file_id file) {
  std::vector<description> groups;
  for (const descriptor& d : seen.descriptors) {
    if (d.file != file || d.locks.empty()) continue;
    const auto mine =
        std::find_if(groups.begin(), groups.end(), [&](auto& each) { return belongs_to(d, each); });
    if (mine != groups.end())
      mine->push_back(&d);
    else
      groups.push_back({&d});
  }
  return groups;
}

party make_party(const kernel_lock& lock) {
  party out;
  out.kind = lock.kind;
  out.mode = lock.mode;
  out.range = lock.range;
  return out;
}

void name(party& who, pid_t pid) {
  who.pid = pid;
  who.command = command_line(pid);
}

/// A lock that the description owns: whoever has the description has the lock.
party owned_by(const description& owner, const kernel_lock& lock) {
  std::set<pid_t> pids;
  for (const descriptor* each : owner) pids.insert(each->pid);
  party out = make_party(lock);
  name(out, pids.contains(lock.taker) ? lock.taker : *pids.begin());
  pids.erase(*out.pid);
  out.also.assign(pids.begin(), pids.end());
  return out;
}

/// The kernel's own name of the file, which is not everywhere made of what stat says: taken from a
/// lock that we know to be on it, if there is one.
std::set<std::string> names_of(const processes& seen, file_id file) {
  std::set<std::string> names;
  for (const descriptor& d : seen.descriptors)
    if (d.file == file)
      for (const kernel_lock& lock : d.locks) names.insert(lock.where);
  if (names.empty())
    names.insert(
        fmt::format("{:02x}:{:02x}:{}", major(file.device), minor(file.device), file.inode));
  return names;
}

/// Takes one that asked the same out of the known. OFD locks do not say who asked.
bool take_out(std::vector<party>& known, const kernel_lock& lock) {
  const auto it = std::find_if(known.begin(), known.end(), [&](const party& p) {
    return p.kind == lock.kind && p.mode == lock.mode && same_range(p.range, lock.range) &&
           (lock.taker <= 0 || p.pid == lock.taker);
  });
  if (it == known.end()) return false;
  known.erase(it);
  return true;
}

/// The kernel does not tell who waits for an OFD lock, but who sleeps in such a call on the file.
/// Where all of those ask the same, or there is but one, it is clear who is who.
void name_ofd_waiters(std::vector<party>& waiters, const processes& seen, file_id file,
                      const std::vector<party>& known) {
  std::vector<party*> nameless;
  for (party& p : waiters)
    if (!p.pid) nameless.push_back(&p);
  if (nameless.empty()) return;
  const bool alike = std::all_of(nameless.begin(), nameless.end(), [&](party* p) {
    return p->mode == nameless[0]->mode && same_range(p->range, nameless[0]->range);
  });
  std::set<pid_t> asleep;
  for (const descriptor& d : seen.descriptors)
    if (d.file == file && waits_for_ofd_lock(d)) asleep.insert(d.pid);
  for (const party& p : known)
    if (p.pid) asleep.erase(*p.pid);
  if (!alike || asleep.size() != nameless.size()) return;
  for (pid_t pid : asleep) {
    name(*nameless.back(), pid);
    nameless.pop_back();
  }
}

}  // namespace

bool same_range(inturn::range a, inturn::range b) {
  return a.start == b.start && a.length == b.length;
}

std::size_t descriptions_of(const processes& seen, file_id file, pid_t pid) {
  std::vector<const descriptor*> different;
  for (const descriptor& d : seen.descriptors) {
    const auto is_d = [&](const descriptor* each) {
      return same_description(d, *each).value_or(false);
    };
    if (d.file == file && d.pid == pid && std::none_of(different.begin(), different.end(), is_d))
      different.push_back(&d);
  }
  return different.size();
}

std::vector<party> kernel_holders(const processes& seen, file_id file) {
  std::vector<party> holders;
  for (const description& owner : group(seen, file))
    for (const kernel_lock& lock : owner.front()->locks)
      if (lock.kind != lock::kind::posix) holders.push_back(owned_by(owner, lock));
  for (const descriptor& d : seen.descriptors) {
    if (d.file != file) continue;
    for (const kernel_lock& lock : d.locks) {
      if (lock.kind != lock::kind::posix) continue;
      holders.push_back(make_party(lock));
      name(holders.back(), d.pid);  // the process owns it, by whatever descriptor
    }
  }
  return holders;
}

bool contradict(const std::vector<party>& holders) {
  const auto conflict = [](const party& a, const party& b) {
    const bool same_world = (a.kind == lock::kind::flock) == (b.kind == lock::kind::flock);
    table::extent x, y;
    return same_world && table::to_extent(a.range, x) && table::to_extent(b.range, y) &&
           table::conflict(a.mode, x, b.mode, y);
  };
  for (auto a = holders.begin(); a != holders.end(); ++a)
    if (std::any_of(a + 1, holders.end(), [&](const party& b) { return conflict(*a, b); }))
      return true;
  return false;
}

std::vector<party> other_waiters(const std::vector<kernel_lock>& blocked, const processes& seen,
                                 file_id file, const std::vector<party>& known) {
  const std::set<std::string> names = names_of(seen, file);
  std::vector<party> rest = known;
  std::vector<party> waiters;
  for (const kernel_lock& lock : blocked) {
    if (!names.contains(lock.where) || take_out(rest, lock)) continue;
    waiters.push_back(make_party(lock));
    if (lock.taker > 0) name(waiters.back(), lock.taker);
  }
  name_ofd_waiters(waiters, seen, file, known);
  return waiters;
}

}  // namespace inturn::cli
