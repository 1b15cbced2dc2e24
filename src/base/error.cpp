#include "base/error.hpp"

#include <system_error>

namespace inturn::base {

void fail(int error, std::string_view file, std::string_view what) {
  std::string text(file);
  text.append(": ").append(what);
  throw std::system_error(error, std::generic_category(), text);
}

}  // namespace inturn::base
