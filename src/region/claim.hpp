#pragma once

#include <cstddef>
#include <cstdint>

#include "region/anchor.hpp"

namespace inturn::region {

/// The proof that an owner (of a lane of a region, of a place of a baton) lives: an exclusive OFD lock on a
/// byte, through an open file description that only a mapping of this process keeps alive. No close drops it,
/// no child inherits it, no peer shares it; munmap, exec and death end it. (docs/liveness.md says what was
/// tried and why this.)
class claim {
 public:
  claim() noexcept = default;
  claim(claim&& other) noexcept;
  claim& operator=(claim&& other) noexcept;
  ~claim();

  /// In a forked child: the mapping was not inherited, there is nothing to undo.
  void forget() noexcept { at_ = nullptr; }
  explicit operator bool() const noexcept { return at_ != nullptr; }

 private:
  friend class claimer;
  explicit claim(void* at) noexcept : at_(at) {}
  void* at_ = nullptr;
};

/// Looks for a byte to claim: a fresh description that tries bytes, until one is ours and is kept.
class claimer {
 public:
  explicit claimer(const anchor& file);
  ~claimer();
  claimer(const claimer&) = delete;
  claimer& operator=(const claimer&) = delete;

  /// Whether the byte is ours now.
  bool try_byte(std::uint64_t byte);
  void give_back(std::uint64_t byte);
  /// Makes the claim the mapping's, and no descriptor's.
  claim keep(std::uint64_t byte);

 private:
  const anchor& file_;
  base::unique_fd description_;
};

}  // namespace inturn::region
