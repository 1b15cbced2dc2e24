#include "measure/experiments/inherit.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <fstream>

#include "measure/experiments/all.hpp"
#include "measure/mechanisms/file.hpp"

// Who holds when a process forks, or dups, execs and passes on the descriptor? Asked by a third process: it
// is granted, or blocked.

namespace inturn::measure {
namespace {

/// While one lives, processes that a holder leaves behind come to the laboratory.
class adopting {
 public:
  adopting() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  adopting(const adopting&) = delete;
  adopting& operator=(const adopting&) = delete;
  ~adopting() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

/// One that has come in this way; ended by the destructor.
class orphan {
 public:
  explicit orphan(pid_t pid) : pid_(pid) {}
  orphan(const orphan&) = delete;
  orphan& operator=(const orphan&) = delete;
  ~orphan() {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

 private:
  pid_t pid_;
};

class question {
 public:
  question(const setting& here, const subject& whose)
      : here_(here), place_(whose.how().make(here.where)), holder_(*place_, *where_) {
    holder_.must(lock);
  }

  bool child_holds_after_fork() {
    const adopting while_here;
    holder_.must(fork_one_that_stays);
    const orphan left(static_cast<pid_t>(holder_.state().result.load()));
    holder_.kill();
    return still_held_after_death();
  }

  bool child_can_release() {
    holder_.must(fork_one_that_unlocks);
    return !still_held();
  }

  bool dup_close_releases() {
    holder_.must(dup_and_close);
    return !still_held();
  }

  bool survives_exec() {
    holder_.tell(exec_another);
    must_come([&] { return holder_.is_done({}) || is_sleep(holder_.pid()); }, "exec");
    if (holder_.error() != 0) throw std::runtime_error("/bin/sleep cannot be executed");
    return still_held_after_death();
  }

  bool passed_descriptor_owns() {
    int ends[2];
    must(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair");
    const base::unique_fd ours(ends[0]);
    const base::unique_fd theirs(ends[1]);
    // The holder was there before the sockets: another one, which has them.
    party sender(*place_, *where_);
    holder_.must(unlock);
    sender.must(lock);
    const child keeper([&] { keep_what_comes(theirs.get()); });
    sender.must(send_descriptor, static_cast<std::uint64_t>(ours.get()));
    char arrived = 0;
    must(::recv(ours.get(), &arrived, 1, 0) == 1, "recv");
    sender.kill();
    return still_held_after_death();
  }

 private:
  static bool is_sleep(pid_t pid) {
    std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    return comm >> name && name == "sleep";
  }

  bool still_held() {
    party other(*place_, *where_);
    return other.must_wait(lock);
  }
  /// What the dead held may be given to the next one only when that is noticed, by one who waits.
  bool still_held_after_death() {
    const auto a_while =
        here_.either(std::chrono::milliseconds(300), std::chrono::milliseconds(1500));
    party other(*place_, *where_);
    other.tell(lock);
    return !other.is_done(a_while);
  }

  const setting& here_;
  std::unique_ptr<lock_place> place_;
  shared<scene> where_;
  party holder_;
};

void ask(const setting& here, subject& whose) {
  const mechanism& m = whose.how();
  const bool owned = m.is.belongs_to != owner::nobody;
  constexpr const char* unowned = "it belongs to nobody: who dies leaves it locked in any case";
  constexpr const char* bare = "it has no descriptor";
  const auto put = [&](const char* metric, bool (question::*ask)(), const char* why_not) {
    if (why_not != nullptr)
      whose.skip(metric, why_not);
    else
      whose.add(metric, (question(here, whose).*ask)());
  };
  put("child_holds_after_fork", &question::child_holds_after_fork, owned ? nullptr : unowned);
  put("child_can_release", &question::child_can_release, nullptr);
  put("dup_close_releases", &question::dup_close_releases, m.can.descriptor ? nullptr : bare);
  put("survives_exec", &question::survives_exec, owned ? nullptr : unowned);
  put("passed_fd_owns", &question::passed_descriptor_owns,
      !owned             ? unowned
      : m.can.descriptor ? nullptr
                         : bare);
}

std::string unfit(const mechanism& m) {
  return m.is.excludes ? "" : "all are on one open file description: nobody waits for anybody";
}

}  // namespace

experiment inherit_experiment() {
  return {"inherit",
          "Fork, dup, exec, descriptor passing: who holds, who can release?",
          {{"child_holds_after_fork", "bool", "the holder died, and its child still holds"},
           {"child_can_release", "bool", "a child unlocked what its parent holds", true},
           {"dup_close_releases", "bool", "a copy of the descriptor was closed: unlocked", true},
           {"survives_exec", "bool", "the holder executed another program, which holds"},
           {"passed_fd_owns", "bool", "the holder died, and who was passed its descriptor holds"}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
