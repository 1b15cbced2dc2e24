#pragma once

#include <sys/stat.h>

#include "preload/held.hpp"

namespace inturn::preload {

/// What SQLite keeps as long as a connection is open (in WAL mode), and what nobody waits for. DATABASE-shm
/// has a byte that each connection shares ("dead man's switch"), and the database itself is locked shared,
/// in the bytes that its file format sets aside for that (sqlite.org/fileformat2.html, 2.4 and 4).
class sqlite_connection {
 public:
  /// Of the process that polls for a lock on the file behind fd.
  sqlite_connection(int fd, const struct stat& file);
  bool keeps(const listed_lock& lock, int fd) const;

 private:
  bool in_wal_mode_ = false;
  struct stat shm_;
  struct stat database_ {};
  bool has_database_ = false;
};

}  // namespace inturn::preload
