#pragma once

#include <vector>

#include "measure/claim.hpp"

namespace inturn::measure {

/// "File-locking on linux is NOT atomic and FIFO", a blog post.
std::vector<claim> blog_claims();
/// The Linux Programming Interface, sections 55.3.5, 55.3.6 and 55.4.
std::vector<claim> book_claims();

}  // namespace inturn::measure
