#pragma once

#include <cstdint>
#include <filesystem>

namespace inturn {

/// shared: together with other shared holders. exclusive: alone.
/// update (one upgradable reader among shared ones) is reserved: asking for it throws ENOTSUP.
enum class mode : std::uint8_t { shared, update, exclusive };

/// Bytes [start, start + length). length 0: to the end, however far that is, as in fcntl(2).
/// The bytes are names only: no file of that size needs to exist. A range whose last byte would lie
/// beyond 2^64 - 1 is refused with EINVAL (fcntl's EOVERFLOW case does not arise: offsets are unsigned).
struct range {
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

struct options {
  /// Permissions of a region that is made; the umask applies, as with open(2).
  std::filesystem::perms mode = std::filesystem::perms(0660);
  /// Who is asking, for the detection of deadlocks. 0: the calling thread. Programs that move a unit of
  /// work from thread to thread (coroutines) give each unit a number of its own.
  std::uint64_t agent = 0;
};

}  // namespace inturn
