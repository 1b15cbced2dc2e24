#include "storm/faults.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "base/sys.hpp"
#include "inturn/lock.hpp"
#include "region/region.hpp"

namespace inturn::storm {
namespace {

using base::real_system;
using base::sys;

/// Nobody is ever found dead.
int nobody_dies(int fd, int command, struct flock* lock) {
  const int result = real_system().record_lock(fd, command, lock);
  if (command == F_OFD_GETLK) lock->l_type = F_WRLCK;
  return result;
}

/// Everybody is found dead, but for the look that follows one's own claim.
int nobody_lives(int fd, int command, struct flock* lock) {
  static int last_command = 0;
  const bool claiming = last_command == F_OFD_SETLK;
  last_command = command;
  const int result = real_system().record_lock(fd, command, lock);
  if (command == F_OFD_GETLK && !claiming) lock->l_type = F_UNLCK;
  return result;
}

/// Now and then the kernel grants what it has not.
int flock_that_lies(int fd, int operation) {
  static unsigned calls = 0;
  const bool takes = (operation & (LOCK_EX | LOCK_SH)) != 0;
  return takes && ++calls % 16 == 0 ? 0 : real_system().flock(fd, operation);
}

void set_back_the_tickets(const ground& here, std::uint32_t step) {
  if (step % 512 != 0) return;
  for (const watched_region& each : here.regions())
    if (!each.path.empty())
      region::mapped::open_existing(each.path).table().shared->next_ticket.fetch_sub(40);
}

/// Takes flocks past the queue, and says that it was in turn.
class barging_door : public door {
 public:
  barging_door(const place& at, int memfd) : honest_(make_door(at, memfd)), at_(at) {}
  std::unique_ptr<pass> enter(const asking& how, std::uint32_t variant) override {
    if (at_.kind != lock_kind::flock || how.how != asking::how::wait || variant % 8 != 0)
      return honest_->enter(how, variant);
    base::unique_fd fd = base::open_file(at_.path.c_str(), O_RDWR);
    ::flock(fd.get(), how.exclusive ? LOCK_EX : LOCK_SH);
    return std::make_unique<barged>(std::move(fd));
  }
  void close() override { honest_->close(); }

 private:
  class barged : public pass {
   public:
    explicit barged(base::unique_fd fd) : fd_(std::move(fd)) {}
    void release() override { fd_.reset(); }

   private:
    base::unique_fd fd_;
  };
  std::unique_ptr<door> honest_;
  const place at_;
};

const place& first_native(const ground& here) {
  return *std::find_if(here.places().begin(), here.places().end(), [](const place& p) {
    return p.kind == lock_kind::native && !p.path.empty();
  });
}

const std::vector<fault> all{
    {"dead-look-alive", "gets nowhere",
     [](const ground&, std::uint32_t) { sys.record_lock = nobody_dies; }},
    {"living-look-dead", "overlap",
     [](const ground&, std::uint32_t) { sys.record_lock = nobody_lives; }},
    {"kernel-lies", "overlap", [](const ground&, std::uint32_t) { sys.flock = flock_that_lies; }},
    {"tickets-again", "inversion by tickets", set_back_the_tickets},
    {"barging", "inversion by the queue", nullptr,
     [](const place& at, int memfd) -> std::unique_ptr<door> {
       return std::make_unique<barging_door>(at, memfd);
     }},
    {"leaked-descriptor", "leaked a descriptor",
     [](const ground& here, std::uint32_t step) {
       if (step == 0) ::dup(here.memfd());
     }},
    {"leaked-lane", "leaked a mapping",
     [](const ground& here, std::uint32_t step) {
       // The descriptor is given back, the lane is not.
       if (step != 0) return;
       auto& never_ended = *new lock_file(first_native(here).path);
       ::close(never_ended.fd());
     }},
    {"lost-lock", "cannot be locked", nullptr, nullptr, true},
};

}  // namespace

const std::vector<fault>& faults() { return all; }

const fault* find_fault(const std::string& name) {
  const auto at = std::find_if(all.begin(), all.end(), [&](auto& f) { return f.name == name; });
  return at == all.end() ? nullptr : &*at;
}

}  // namespace inturn::storm
