#include "log.hpp"

#include <string.h>

#include "settings.hpp"
#include "system.hpp"
#include "text.hpp"

namespace inturn::preload {
namespace {

void add_name(text<1024>& line, int fd) {
  text<64> link;
  link.add("/proc/thread-self/fd/").add(static_cast<std::uint64_t>(fd));
  char name[512];
  const long size = sys::link_text(link.c_str(), name, sizeof name);
  if (size > 0)
    line.add(name, static_cast<std::size_t>(size));
  else
    line.add("descriptor ").add(static_cast<std::uint64_t>(fd));
}

}  // namespace

void say(int fd, const char* why, int error) {
  const path_text& where = our_settings().log;
  if (where.size() == 0) return;
  text<1024> line;
  line.add("inturn: ").add(static_cast<std::uint64_t>(sys::process())).add(": ");
  add_name(line, fd);
  line.add(": ").add(why);
  if (error != 0) {
    const char* const name = ::strerrorname_np(error);
    line.add(" (").add(name != nullptr ? name : "unknown error").add(")");
  }
  line.add("\n");
  const bool to_stderr = where.c_str()[0] == '-';
  // Opened each time: what we kept open the program might close, and use for something else.
  const int out =
      to_stderr ? STDERR_FILENO : sys::open(where.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0666);
  if (out < 0) return;
  sys::call(SYS_write, out, line.c_str(), line.size());
  if (!to_stderr) sys::close(out);
}

void say(int fd, const char* why) { say(fd, why, 0); }

}  // namespace inturn::preload
