#pragma once

#include <filesystem>
#include <string>

namespace inturn::test {

/// A fresh directory, removed with all that is in it.
class temp_dir {
 public:
  explicit temp_dir(const std::filesystem::path& in = std::filesystem::temp_directory_path());
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// All bytes of a file.
std::string contents(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& bytes);

}  // namespace inturn::test
