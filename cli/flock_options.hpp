#pragma once

#include <sys/file.h>

#include <optional>
#include <string>
#include <vector>

#include "cli/subcommand.hpp"
#include "inturn/types.hpp"

namespace inturn::cli {

/// What flock(1) is asked for.
struct flock_options {
  enum class what : unsigned char { lock, help, version } what = what::lock;
  std::optional<std::string> file;     // the lock file; else the lock is a descriptor's
  int fd = -1;                         // that descriptor
  std::vector<std::string> command;    // may be empty with a descriptor: the lock stays with it
  int operation = LOCK_EX;             // or LOCK_SH, LOCK_UN
  std::optional<inturn::range> bytes;  // given: an OFD lock; else flock(2)
  bool nonblock = false;
  std::optional<double> seconds;  // wait no longer; not checked yet
  int conflict_status;
  bool close = false;    // the command gets no descriptor of the lock
  bool no_fork = false;  // become the command
  bool verbose = false;
};

/// Throws failure, in flock(1)'s words; without any, when all has been said.
flock_options parse_flock(const std::string& name, const arguments& given);

}  // namespace inturn::cli
