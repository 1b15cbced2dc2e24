#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/fd.hpp"
#include "cli/program.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

using json = nlohmann::json;

/// A directory with a lock file to be, and a runtime directory of its own.
class CommandTest : public testing::Test {
 protected:
  CommandTest();

  std::string at(const std::string& name) const { return dir_ / name; }

  /// `inturn show --json`, parsed; of one lock.
  json show(const std::string& lock) const;
  json show() const { return show(lock); }
  /// Of "holders" or "waiters" of the lock file, if it is there yet.
  std::size_t count_of(const char* list) const;
  /// Waits until show lists that many who wait. False: it never did.
  bool waiting(std::size_t count) const;
  bool holding(std::size_t count) const;

  temp_dir dir_;
  const std::string lock = dir_ / "lock";
};

/// Open, and locked by flock(2), by the test itself; until it is closed.
base::unique_fd flocked(const std::string& file, int operation);

/// Locked by fcntl(2) in that way (F_OFD_SETLK, F_SETLK).
base::unique_fd record_locked(const std::string& file, int command, short type, long start,
                              long length);

/// "1 2 3 ", each line's end a space.
std::string lines_of(const std::string& file);

/// Whether /proc of every process can be read by us: what `complete` has to say.
bool all_processes_can_be_read();

}  // namespace inturn::test
