#include "cli/print.hpp"

#include <cerrno>
#include <cstdio>

#include "cli/failure.hpp"

namespace inturn::cli {

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw failure(status::system, explain("standard output", "cannot write", errno,
                                          "see that there is room for it"));
}

}  // namespace inturn::cli
