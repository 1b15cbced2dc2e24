#include "storm/referee.hpp"

#include <signal.h>

#include <algorithm>

namespace inturn::storm {

using namespace std::chrono_literals;

referee::referee(const ground& here, arena& all, const plan& p, timeline& log)
    : here_(here), all_(all), plan_(p), log_(log), random_(static_cast<std::uint32_t>(p.seed)) {
  for (const watched_region& each : here.regions())
    watches_.push_back(each.path.empty() ? test::region_watch(here.memfd())
                                         : test::region_watch(each.path));
  lives_.resize(p.processes);
}

void referee::start(std::uint32_t worker) {
  life& one = lives_[worker];
  const orders mine{worker, one.lives++, plan_.seed, plan_.broken};
  one.process = test::child([&] { return work(here_, all_, mine); });
  one.is_stopped = false;
  one.progress_at = clock::now();
}

void referee::run() {
  for (std::uint32_t w = 0; w < plan_.processes; ++w) start(w);
  const auto end = clock::now() + plan_.time;
  while (clock::now() < end && complaints_.empty() && !log_.is_wrong()) {
    test::nap(std::chrono::microseconds(random_() % 2000));
    resume_those_due(false);
    switch (plan_.calm ? 7 : random_() % 8) {
      case 0:
        kill_some();
        break;
      case 1:
        stop_one();
        break;
      default:
        look_at_queues();
    }
    log_.collect();
    look_at_progress();
  }
}

/// Every second time one that holds, if there is one just now: most workers wait most of the time.
std::uint32_t referee::choose_victim() {
  const auto any = static_cast<std::uint32_t>(random_() % lives_.size());
  if (random_() % 2 == 0) return any;
  for (std::uint32_t i = 0; i < lives_.size(); ++i) {
    const auto w = static_cast<std::uint32_t>((any + i) % lives_.size());
    if (progress_of(w) % 8 == static_cast<std::uint64_t>(phase::inside)) return w;
  }
  return any;
}

/// All signals first: the second death may come while the first is being cleared away.
void referee::kill_some() {
  const unsigned long many = random_() % 4 == 0 ? 1 + random_() % 3 : 1;
  const std::uint64_t killed_at = base::monotonic_ns();
  std::vector<std::uint32_t> chosen;
  for (unsigned long i = 0; i < many; ++i) {
    const std::uint32_t w = choose_victim();
    if (std::find(chosen.begin(), chosen.end(), w) != chosen.end()) continue;
    chosen.push_back(w);
    lives_[w].process.send(SIGKILL);
  }
  for (const std::uint32_t w : chosen) {
    lives_[w].process.kill();
    log_.bury(w, killed_at);
    ++killed_;
    start(w);
  }
}

void referee::stop_one() {
  life& one = lives_[random_() % lives_.size()];
  if (one.is_stopped) return;
  one.process.send(SIGSTOP);
  one.is_stopped = true;
  // Mostly an instant; now and then longer than anybody's patience.
  const auto time = random_() % 100 == 0 ? 1300ms : std::chrono::milliseconds(random_() % 8);
  one.resume_at = clock::now() + time;
  ++stopped_;
}

void referee::resume_those_due(bool all) {
  for (life& one : lives_) {
    if (!one.is_stopped || (!all && clock::now() < one.resume_at)) continue;
    one.process.resume();
    one.is_stopped = false;
    one.progress_at = clock::now();
  }
}

/// Whom we see in the queue now has its place before anybody who asks from now on.
void referee::look_at_queues() {
  next_watch_ = (next_watch_ + 1) % watches_.size();
  const std::uint32_t order = here_.regions()[next_watch_].order;
  std::vector<std::uint64_t> before(lives_.size());
  for (std::uint32_t w = 0; w < lives_.size(); ++w) before[w] = progress_of(w);
  const auto listed = watches_[next_watch_].requests();
  const std::uint64_t at = base::monotonic_ns();
  for (const lock::listed& each : listed) all_.note_ticket(order, each.ticket);
  for (std::uint32_t w = 0; w < lives_.size(); ++w) {
    if (progress_of(w) != before[w] || before[w] == 0) continue;  // it has gone on meanwhile
    const std::uint64_t n = before[w] / 8 - 1;
    const entry& e = all_.tracks[w][n];
    if (e.at.load() != phase::asking || here_.places()[e.lock].order != order) continue;
    for (const lock::listed& each : listed)
      if (!each.holds && each.pid == static_cast<std::uint32_t>(lives_[w].process.pid()))
        log_.seen_queued(w, n, at, each.ticket);
  }
}

/// The number of requests begun, and how far the last one has come; 0: none was.
std::uint64_t referee::progress_of(std::uint32_t worker) const {
  track& t = all_.tracks[worker];
  const std::uint64_t begun = t.begun.load();
  return begun == 0 ? 0 : begun * 8 + static_cast<std::uint64_t>(t[begun - 1].at.load());
}

void referee::look_at_progress() {
  const auto now = clock::now();
  for (std::uint32_t w = 0; w < lives_.size(); ++w) {
    life& one = lives_[w];
    const std::string name = "worker " + std::to_string(w);
    if (const std::uint64_t p = progress_of(w); p != one.progress) {
      one.progress = p;
      one.progress_at = now;
    } else if (!one.is_stopped && now - one.progress_at > plan_.patience) {
      complaints_.push_back(name + " gets nowhere");
    }
    if (!one.process.runs()) {
      const int status = one.process.wait();
      complaints_.push_back(name + " has ended by itself, with status " + std::to_string(status));
    }
  }
}

void referee::call_in() {
  all_.over = true;
  resume_those_due(true);
  const auto end = clock::now() + plan_.patience;
  for (std::uint32_t w = 0; w < lives_.size(); ++w) {
    const std::string name = "worker " + std::to_string(w);
    int status = -1;
    test::child& process = lives_[w].process;
    while (process.pid() > 0 && clock::now() < end && status == -1) {
      log_.collect();
      status = process.wait(1ms);
    }
    if (process.pid() > 0) complaints_.push_back(name + " gets nowhere, at the end");
    if (status == leaked_descriptor) complaints_.push_back(name + " has leaked a descriptor");
    if (status == leaked_mapping) complaints_.push_back(name + " has leaked a mapping");
    if (status > leaked_mapping)
      complaints_.push_back(name + " ended with " + std::to_string(status));
  }
  for (std::uint32_t w = 0; w < lives_.size(); ++w) {
    const std::uint64_t killed_at = base::monotonic_ns();
    lives_[w].process = {};
    log_.bury(w, killed_at);
  }
  log_.collect();
}

}  // namespace inturn::storm
