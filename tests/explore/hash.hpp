#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace inturn::explore {

/// 64 bits that depend on all of the input.
constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
  const auto product = static_cast<unsigned __int128>(h ^ v) * 0x9e3779b97f4a7c15U;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t hash_words(const std::uint64_t* words, std::size_t n) {
  // Two chains, because one would wait for its multiplications.
  std::uint64_t a = 0x2545f4914f6cdd1dU;
  std::uint64_t b = n;
  for (std::size_t i = 0; i < n; ++i) {
    std::uint64_t& chain = i % 2 == 0 ? a : b;
    chain = mix(chain + i, words[i] + 0x632be59bd9b4e019U);
  }
  return mix(a, b + 0x9fb21c651e98df25U);
}

constexpr std::uint64_t hash_of(std::initializer_list<std::uint64_t> words) {
  return hash_words(words.begin(), words.size());
}

}  // namespace inturn::explore
