#include "storm/checker.hpp"

#include <algorithm>

namespace inturn::storm {
namespace {

bool conflict(const grant& a, const grant& b) {
  return (a.exclusive || b.exclusive) && table::overlap(a.where, b.where);
}

std::string describe(const grant& g) {
  const auto ms = [](std::uint64_t ns) { return std::to_string(ns / 1'000) + " us"; };
  return "worker " + std::to_string(g.worker) + (g.exclusive ? " exclusive " : " shared ") +
         std::to_string(g.where.first) + "-" + std::to_string(g.where.last) + " ticket " +
         std::to_string(g.ticket) + " asked " + ms(g.asked_at) + " (after ticket " +
         std::to_string(g.after_ticket) + ") held " + ms(g.granted_at) + " to " + ms(g.left_at) +
         (g.died ? ", died" : "");
}

}  // namespace

void checker::add(const grant& g) {
  if (locks_.size() <= g.lock) locks_.resize(g.lock + 1);
  history& of = locks_[g.lock];
  ++found_.grants;
  check_overlap(of, g);
  check_tickets(of, g);
  check_queue(of, g);
  check_news(of, g);
  of.inside.push_back(g);
  of.recent.push_back(g);
  if (of.recent.size() > memory) of.recent.pop_front();
}

void checker::check_overlap(history& of, const grant& g) {
  std::erase_if(of.inside, [&](const grant& other) { return other.left_at <= g.granted_at; });
  for (const grant& other : of.inside)
    if (conflict(g, other)) complain(found_.overlaps, "overlap", g, &other);
}

/// Conflicting grants come in the order of their tickets, and later than whatever was given out before
/// they asked.
void checker::check_tickets(history& of, const grant& g) {
  if (!g.in_turn) ++found_.out_of_turn;
  if (!g.in_turn || g.ticket == 0) return;
  bool late = g.ticket <= g.after_ticket;
  for (std::uint64_t cell = g.where.first; cell <= std::min(g.where.last, cells - 1); ++cell) {
    late |= g.ticket <= (g.exclusive ? of.last[cell] : of.last_exclusive[cell]);
    of.last[cell] = std::max(of.last[cell], g.ticket);
    if (g.exclusive) of.last_exclusive[cell] = std::max(of.last_exclusive[cell], g.ticket);
  }
  if (late) complain(found_.inversions, "inversion by tickets", g, nullptr);
}

/// Who was seen in the queue is granted before those in conflict with it that asked only then. By times
/// alone: it does not depend on what the tickets say.
void checker::check_queue(history& of, const grant& g) {
  if (g.seen_at == 0 || !g.in_turn) return;
  if (g.ticket != 0 && g.ticket != g.seen_ticket) {
    ++found_.lost_places;
    return;
  }
  ++found_.seen_queued;
  for (auto other = of.recent.rbegin(); other != of.recent.rend() && other->granted_at > g.seen_at;
       ++other)
    if (other->in_turn && other->asked_at > g.seen_at && conflict(g, *other))
      complain(found_.inversions, "inversion by the queue", g, &*other);
}

void checker::check_news(history& of, const grant& g) {
  if (g.told) {
    ++found_.told;
    std::erase_if(of.dead, [&](const grant& d) { return table::overlap(d.where, g.where); });
  } else if (g.exclusive) {
    // One that shares may come a moment before another, who is the one that was told.
    std::erase_if(of.dead, [&](const grant& d) {
      if (!table::overlap(d.where, g.where)) return false;
      if (may_have_been_told(d, g))
        ++found_.unjudged_deaths;
      else
        complain(found_.secrets, "a death kept secret", g, &d);
      return true;
    });
  }
  if (g.died && g.exclusive && g.is_told) of.dead.push_back(g);
}

bool checker::may_have_been_told(const grant& dead, const grant& g) const {
  return std::any_of(lost_asks_.begin(), lost_asks_.end(), [&](const lost_ask& a) {
    return a.lock == dead.lock && table::overlap(a.where, dead.where) &&
           a.killed_at < g.granted_at && a.buried_at > dead.granted_at;
  });
}

void checker::complain(std::uint64_t& count, const char* what, const grant& g, const grant* other) {
  constexpr std::size_t enough = 20;
  ++count;
  if (complaints_.size() >= enough) return;
  complaints_.push_back(std::string(what) + " on lock " + std::to_string(g.lock) + ": " +
                        describe(g) + (other != nullptr ? "; and " + describe(*other) : ""));
}

}  // namespace inturn::storm
