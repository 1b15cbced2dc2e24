#include "measure/page/embedded.hpp"

namespace inturn::measure {

std::string_view page() { return {}; }

}  // namespace inturn::measure
