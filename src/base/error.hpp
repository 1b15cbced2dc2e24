#pragma once

#include <string>
#include <string_view>

namespace inturn::base {

/// Throws std::system_error with that errno; what() reads "FILE: what: <the errno's text>".
[[noreturn]] void fail(int error, std::string_view file, std::string_view what);

}  // namespace inturn::base
