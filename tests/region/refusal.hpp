#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>

#include "inturn/lock.hpp"
#include "support/child.hpp"
#include "support/proc.hpp"
#include "support/temp_dir.hpp"

namespace inturn::test {

/// The names in a directory: to see that nothing was left there.
inline std::set<std::string> names_in(const std::filesystem::path& directory) {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    all.insert(entry.path().filename());
  return all;
}

/// The call throws that errno and names the file, and leaves no descriptor or mapping of it behind.
template <class Call>
void expect_error(int error, const std::string& name, Call call) {
  const auto descriptors = open_descriptors();
  const auto mappings = mappings_of(name);
  try {
    call();
    ADD_FAILURE() << name << " was taken";
  } catch (const std::system_error& e) {
    EXPECT_EQ(e.code().value(), error) << e.what();
    EXPECT_NE(std::string(e.what()).find(name), std::string::npos) << e.what();
  }
  EXPECT_EQ(open_descriptors(), descriptors);
  EXPECT_EQ(mappings_of(name), mappings);
}

/// Opening the path is refused with that errno; a file there, and its directory, are left as they were.
inline void expect_refused(int error, const std::filesystem::path& path) {
  const bool is_file = std::filesystem::is_regular_file(path);
  const std::string before = is_file ? contents(path) : std::string();
  const auto names = names_in(path.parent_path());
  expect_error(error, path.string(), [&] { lock_file file(path); });
  if (is_file) {
    EXPECT_TRUE(contents(path) == before) << path << " was changed";
  }
  EXPECT_EQ(names_in(path.parent_path()), names);
}

}  // namespace inturn::test
