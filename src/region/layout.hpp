#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "table/shared.hpp"

// The wire format: what the bytes of a region mean to every process that maps it. All numbers are in the
// machine's own order: a region is never shared between machines. Size: header, then the lanes; sparse,
// pages are reserved when the first lane in them is claimed.

namespace inturn::region {

inline constexpr std::uint64_t magic =
    0x0a6e727574'6e69ffU;  // not valid UTF-8, with a newline: no text file
inline constexpr std::uint64_t format_version = 1;
inline constexpr std::size_t page = 4096;

/// The first page. Written whole before the region gets a name; after that only `counters` changes.
struct header {
  std::uint64_t magic;
  std::uint64_t stamp;    // layout_stamp of the library that made it
  std::uint64_t made_at;  // boot-time clock, ns: since when
  std::uint32_t lane_count;
  std::uint32_t unused0;
  /// For people: the lock file that a turnstile's region stands for, as named by who made it. 0-terminated.
  char stands_for[1024];
  alignas(table::cache_line) table::counters counters;
  /// When one of those who poll for a kernel's lock was last let through to take it (monotonic ns), for
  /// ranges by their first byte (preload/): the next one gives it a moment. Anybody, by CAS; any staleness
  /// costs one of them a failed try.
  alignas(table::cache_line) std::atomic<std::uint64_t> let_through[8];
  std::byte unused[page - 1088 - sizeof(table::counters) - table::cache_line];
};
static_assert(sizeof(header) == page);

struct layout {
  region::header header;
  table::lane lanes[table::max_lanes];
};

inline constexpr std::size_t region_size = sizeof(layout);

namespace detail {
constexpr std::uint64_t fnv(std::initializer_list<std::uint64_t> values) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (std::uint64_t v : values)
    for (int byte = 0; byte < 8; ++byte) hash = (hash ^ (v >> 8 * byte & 0xff)) * 0x100000001b3U;
  return hash;
}
}  // namespace detail

/// Two libraries may use one region only if all of this is equal.
inline constexpr std::uint64_t layout_stamp = detail::fnv({
    format_version,
    sizeof(header),
    offsetof(header, stands_for),
    offsetof(header, counters),
    offsetof(header, let_through),
    offsetof(table::counters, next_ticket),
    offsetof(table::counters, parked_upto),
    offsetof(table::counters, used_summary),
    offsetof(table::counters, used),
    sizeof(table::lane),
    offsetof(table::lane, words),
    offsetof(table::lane, data),
    sizeof(table::slot_data),
    offsetof(table::slot_data, first),
    offsetof(table::slot_data, last),
    offsetof(table::slot_data, agent),
    offsetof(table::slot_data, since),
    offsetof(table::slot_data, parked),
    offsetof(table::slot_data, pid),
    offsetof(table::slot_data, kind),
    table::slots_per_lane,
    table::max_lanes,
});

static_assert(offsetof(header, counters) == 1088);
static_assert(offsetof(layout, lanes) == page);
static_assert(region_size == page + table::max_lanes * sizeof(table::lane));

/// Lane i's claim is an exclusive OFD lock on byte i of the file.
constexpr std::uint64_t claim_byte(std::uint32_t lane) { return lane; }

}  // namespace inturn::region
