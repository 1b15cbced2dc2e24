#pragma once

#include <linux/magic.h>
#include <string.h>

#include <cstdint>
#include <cstring>

#include "base/clock.hpp"
#include "region/layout.hpp"

// What a new region is, and what one has to be to be used: without a system call that can fail, for those
// who open regions where nothing may be thrown or allocated (preload/), too.

namespace inturn::region {

/// The first page of a new region, for the zeroes that `fresh` is. stands_for: see layout.hpp.
inline void fill_fresh(header& fresh, const char* stands_for) {
  fresh.magic = magic;
  fresh.stamp = layout_stamp;
  fresh.made_at = base::nanoseconds(CLOCK_BOOTTIME);
  fresh.lane_count = table::max_lanes;
  std::memcpy(fresh.stands_for, stands_for, ::strnlen(stands_for, sizeof fresh.stands_for - 1));
  // Tickets begin with the time since boot in units of 16 ns, faster than anybody can take them: so they
  // grow across re-creation of the region as well.
  fresh.counters.next_ticket = (fresh.made_at >> 4) + 1;
}

inline bool is_region(const header& h) { return h.magic == magic; }

inline bool is_of_this_version(const header& h) {
  return h.stamp == layout_stamp && h.lane_count == table::max_lanes;
}

/// By statfs's f_type: whether other machines may have the same files.
inline bool is_network_type(std::uint32_t file_system) {
  switch (file_system) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case AFS_FS_MAGIC:
    case CODA_SUPER_MAGIC:
    case V9FS_MAGIC:
    case CEPH_SUPER_MAGIC:
    case OCFS2_SUPER_MAGIC:
    case 0x01161970:  // GFS2
    case 0x0bd00bd0:  // Lustre
    case 0x47504653:  // GPFS
    case 0x013111a8:  // BeeGFS (older ones)
    case 0x19830326:  // BeeGFS
      return true;
    default:
      return false;
  }
}

}  // namespace inturn::region
