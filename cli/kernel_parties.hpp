#pragma once

#include <vector>

#include "cli/listing.hpp"
#include "cli/processes.hpp"

namespace inturn::cli {

/// Who holds kernel locks on the file: one entry a lock.
std::vector<party> kernel_holders(const processes& seen, file_id file);

/// How many open file descriptions of the file a process has.
std::size_t descriptions_of(const processes& seen, file_id file, pid_t pid);

bool same_range(inturn::range a, inturn::range b);

/// Whether two of them cannot hold at once: the lock went from one to the other while we were
/// looking.
bool contradict(const std::vector<party>& holders);

/// Those of the blocked that wait for a lock on the file, less the ones that are among `known`
/// already.
std::vector<party> other_waiters(const std::vector<kernel_lock>& blocked, const processes& seen,
                                 file_id file, const std::vector<party>& known);

}  // namespace inturn::cli
