#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "region/layout.hpp"

namespace inturn::test {

/// One way to write nonsense over a region. Called again and again.
struct scribble {
  std::string name;
  void (*once)(region::layout&, std::mt19937_64&);
  /// What is in it after the last one goes away by itself, once everybody who was in the region has ended.
  bool heals = true;
};

const std::vector<scribble>& scribbles();

/// The region, writable, as one maps it who wants to do harm.
region::layout& map_for_harm(const std::filesystem::path& path);

}  // namespace inturn::test
