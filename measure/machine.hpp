#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace inturn::measure {

/// Where and on what was measured.
struct machine {
  std::string kernel, architecture, cpu_model;
  unsigned cpus = 0;         // online
  unsigned usable_cpus = 0;  // that this process may run on
  std::string directory, file_system, mount_point, mount_options, mount_source;
  /// What part of all CPUs' time others than the laboratory took meanwhile (also the hypervisor).
  double cpu_of_others = 0;
  double seconds = 0;
};

machine describe(const std::filesystem::path& directory);

/// CPU time from its making on: all that was spent on the machine, and what of it was ours.
class cpu_meter {
 public:
  cpu_meter();
  double seconds() const;
  double part_of_others() const;

 private:
  struct reading {
    double busy = 0, total = 0, own = 0, wall = 0;
  };
  static reading read();
  reading start_;
};

}  // namespace inturn::measure
