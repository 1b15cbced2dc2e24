#pragma once

#include <memory>
#include <string>
#include <vector>

#include "storm/door.hpp"
#include "storm/ground.hpp"

namespace inturn::storm {

/// Something broken on purpose, to see that the storm finds it.
struct fault {
  std::string name;
  /// What the storm must then complain of: a part of its complaint.
  std::string finds;
  /// In a worker, before each of its steps.
  void (*in_worker)(const ground&, std::uint32_t step) = nullptr;
  /// A worker's doors, if they are not the usual ones.
  std::unique_ptr<door> (*make)(const place&, int memfd) = nullptr;
  /// The referee keeps a lock for ever.
  bool keeps_a_lock = false;
};

const std::vector<fault>& faults();
/// Null: there is none of that name.
const fault* find_fault(const std::string& name);

}  // namespace inturn::storm
