#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inturn/types.hpp"
#include "lock/participant.hpp"

namespace inturn::cli {

/// Somebody who holds a lock, or waits for it. What is not known is empty.
struct party {
  std::optional<pid_t> pid;
  std::vector<pid_t> also;  // of holders: other processes that have the same description
  std::optional<std::string> command;
  lock::kind kind = lock::kind::native;
  inturn::mode mode = mode::exclusive;
  inturn::range range{};
  std::optional<std::uint64_t> ticket;
  std::optional<double> seconds;  // held, or waited
};

/// What is known of the locks on one file.
struct listing {
  std::string path;
  bool complete = true;         // all of /proc could be read
  bool only_this_user = false;  // the order is one user's processes' only
  std::vector<party> holders;
  std::vector<party> waiters;  // in order; those without a ticket last
};

std::string as_json(const std::vector<listing>& all);
std::string as_text(const std::vector<listing>& all);

const char* name_of(lock::kind k);
const char* name_of(inturn::mode m);

}  // namespace inturn::cli
