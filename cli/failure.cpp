#include "cli/failure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

namespace inturn::cli {

void complain(std::string_view message, std::string_view who) {
  const std::string line = fmt::format("{}: {}\n", who, message);
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::string explain(std::string_view file, std::string_view what, int error,
                    std::string_view remedy) {
  return fmt::format("{}: {}: {} ({})", file, what, std::generic_category().message(error), remedy);
}

}  // namespace inturn::cli
