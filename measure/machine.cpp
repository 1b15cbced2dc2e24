#include "measure/machine.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/clock.hpp"

namespace inturn::measure {
namespace {

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name") || line.starts_with("Model")) {
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos) return line.substr(colon + 2);
    }
  return {};
}

unsigned usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<unsigned>(CPU_COUNT(&set)) : 0;
}

/// mountinfo writes blanks and the like as octal numbers.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      plain += text[i];
    }
  return plain;
}

bool lies_in(const std::string& path, const std::string& mount) {
  return mount == "/" || path == mount || path.starts_with(mount + "/");
}

/// The mount that the directory is on: the deepest whose path leads to it; of several on one path the last.
void describe_mount(machine& m) {
  std::ifstream all("/proc/self/mountinfo");
  for (std::string line; std::getline(all, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, point, options, word, type, source, super;
    words >> id >> parent >> device >> root >> point >> options;
    while (words >> word && word != "-") continue;
    words >> type >> source >> super;
    point = unescaped(point);
    if (!lies_in(m.directory, point) || point.size() < m.mount_point.size()) continue;
    m.mount_point = point;
    m.file_system = type;
    m.mount_source = unescaped(source);
    m.mount_options = options + "," + super;
  }
}

double cpu_seconds(int whose) {
  rusage used{};
  ::getrusage(whose, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

machine describe(const std::filesystem::path& directory) {
  machine m;
  utsname system{};
  ::uname(&system);
  m.kernel = std::string(system.sysname) + " " + system.release;
  m.architecture = system.machine;
  m.cpu_model = cpu_model();
  m.cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  m.usable_cpus = usable_cpus();
  std::error_code error;
  m.directory = std::filesystem::canonical(directory, error).string();
  if (error) m.directory = directory.string();
  describe_mount(m);
  return m;
}

cpu_meter::cpu_meter() : start_(read()) {}

cpu_meter::reading cpu_meter::read() {
  reading now;
  now.wall = static_cast<double>(base::monotonic_ns()) / 1e9;
  now.own = cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
  std::ifstream stat("/proc/stat");
  std::string cpu;
  stat >> cpu;  // user nice system idle iowait irq softirq steal; guest is in user
  const double tick = static_cast<double>(::sysconf(_SC_CLK_TCK));
  double ticks = 0;
  for (int i = 0; i < 8 && stat >> ticks; ++i) {
    const bool idle = i == 3 || i == 4;
    now.total += ticks / tick;
    if (!idle) now.busy += ticks / tick;
  }
  return now;
}

double cpu_meter::seconds() const { return read().wall - start_.wall; }

double cpu_meter::part_of_others() const {
  const reading now = read();
  const double total = now.total - start_.total;
  if (total <= 0) return 0;
  return std::clamp(((now.busy - start_.busy) - (now.own - start_.own)) / total, 0.0, 1.0);
}

}  // namespace inturn::measure
