#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cli/listing.hpp"
#include "cli/processes.hpp"
#include "lock/snapshot.hpp"
#include "region/region.hpp"

namespace inturn::cli {

/// A file whose locks are to be listed.
struct target {
  std::string path;
  file_id file;
  bool is_region = false;                      // its locks are requests in the file itself
  std::vector<std::filesystem::path> regions;  // where requests on it lie
  bool only_this_user = false;                 // one of them orders one user's processes only
};

/// What LOCK names. Throws failure: no such file, or not to be listed.
target find_target(const std::string& path);

/// All lock files with a side region in the runtime directory.
std::vector<target> all_targets();

/// The requests in the target's regions, by ticket.
struct requests {
  bool complete = true;  // every region could be read
  std::vector<lock::listed> list;
};
requests list_requests(const target& which);

/// As shown to people.
party to_party(const lock::listed& request);

}  // namespace inturn::cli
