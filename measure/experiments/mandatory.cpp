#include <fcntl.h>
#include <unistd.h>

#include "measure/experiments/all.hpp"
#include "measure/mechanisms/file.hpp"
#include "measure/party.hpp"

// A process that asks for no lock writes to the locked file: what is in it, over again.

namespace inturn::measure {
namespace {

/// Refused, as POSIX would have it for mandatory locks, and not failed for another reason.
bool is_refused(const std::string& file) {
  const base::unique_fd fd = open_lock_file(file, O_RDWR | O_NONBLOCK);
  char first = 'x';
  const ssize_t had = ::pread(fd.get(), &first, 1, 0);
  if (had >= 0 && ::pwrite(fd.get(), &first, 1, 0) == 1) return false;
  must(errno == EAGAIN || errno == EACCES || errno == EPERM || errno == EBUSY, "write");
  return true;
}

void ask(const setting& here, subject& whose) {
  const auto place = whose.how().make(here.where);
  const shared<scene> where;
  party holder(*place, *where);
  holder.must(lock);
  whose.add("write_refused", is_refused(place->file()));
}

std::string unfit(const mechanism& m) {
  return m.can.file ? "" : "it is no file that could be written to";
}

}  // namespace

experiment mandatory_experiment() {
  return {"mandatory",
          "A process that ignores the lock writes: is it refused?",
          {{"write_refused", "bool", "the write was refused"}},
          unfit,
          [](const setting& here, std::vector<subject>& all) {
            one_by_one(here, all, [&](subject& each) { ask(here, each); });
          }};
}

}  // namespace inturn::measure
