#include <fcntl.h>
#include <unistd.h>

#include "measure/experiments/all.hpp"
#include "measure/mechanisms/file.hpp"
#include "measure/party.hpp"

// The holder opens the locked file once more and closes that descriptor, as a library does that looks into
// the file. Does it still hold?

namespace inturn::measure {
namespace {

std::string opened;  // set before the holder forks

void open_and_close(actor&) { open_lock_file(opened, O_RDWR); }

bool loses(lock_place& place, const std::string& name) {
  const shared<scene> where;
  opened = name;
  party holder(place, *where);
  party other(place, *where);
  holder.must(lock);
  holder.must(open_and_close);
  return !other.must_wait(lock);
}

/// Whether fcntl takes it for a lock of the process: it names the pid.
bool is_seen_by_fcntl(lock_place& place) {
  const shared<scene> where;
  party holder(place, *where);
  holder.must(lock);
  const base::unique_fd fd = open_lock_file(place.file(), O_RDWR);
  struct flock found {};
  found.l_type = F_WRLCK;
  found.l_whence = SEEK_SET;
  must(::fcntl(fd.get(), F_GETLK, &found) == 0, "F_GETLK");
  return found.l_type != F_UNLCK && found.l_pid == holder.pid();
}

void ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  whose.add("lost", loses(*place, place->file()));
  const std::string link = here.where.fresh("link");
  if (::link(place->file().c_str(), link.c_str()) == 0)
    whose.add("lost_by_other_name", loses(*place, link));
  else
    whose.skip("lost_by_other_name", "the file cannot be given a second name here");
  whose.add("seen_by_fcntl", is_seen_by_fcntl(*place));
}

std::string unfit(const mechanism& m) {
  if (!m.is.excludes) return "all are on one open file description: nobody waits for anybody";
  return m.can.file ? "" : "it is no file that could be opened again";
}

}  // namespace

experiment close_experiment() {
  return {"close",
          "Another descriptor of the file is closed: is the lock lost?",
          {{"lost", "bool", "the lock was lost", true},
           {"lost_by_other_name", "bool", "likewise, the file opened by another name of it", true},
           {"seen_by_fcntl", "bool", "fcntl's F_GETLK shows the lock, with the holder's pid"}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
