#include "measure/progress.hpp"

#include <unistd.h>

namespace inturn::measure {
namespace {

void write_out(const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

constexpr const char* start_of_line_and_erase = "\r\033[K";

}  // namespace

progress::progress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}

void progress::show(const std::string& now) {
  if (!on_terminal_) return;
  write_out(start_of_line_and_erase + now);
  shown_ = true;
}

void progress::clear() {
  if (shown_) write_out(start_of_line_and_erase);
  shown_ = false;
}

}  // namespace inturn::measure
