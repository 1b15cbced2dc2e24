#pragma once

#include <optional>
#include <string>

namespace inturn::cli {

/// The file that execvp(3) would run for that name; empty: there is none.
std::optional<std::string> find_program(const std::string& name);

/// Why the dynamic loader would not load `library` into that program (it is static, gains rights, is made for
/// other machines, ...), with what to do; empty: it will, as far as can be told. Of a script, it is
/// about its interpreter.
std::string why_not_loaded(const std::string& program, const std::string& library);

}  // namespace inturn::cli
