#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "baton/file.hpp"
#include "baton/protocol.hpp"
#include "inturn/baton.hpp"
#include "region/claim.hpp"
#include "wait/wait.hpp"

namespace inturn::relay {

/// One member of a baton: the file, a place in it, and the claim that proves that it lives. Shared by a
/// baton and its turn.
class member : public std::enable_shared_from_this<member> {
 public:
  /// Joins. Throws as the public header says.
  member(shared_file file, std::optional<unsigned> place);
  /// Leaves.
  ~member();
  member(const member&) = delete;
  member& operator=(const member&) = delete;

  /// Empty when the time was over first.
  std::optional<turn> wait(const wait::deadline& until);
  void hand_on(std::optional<unsigned> to, std::span<const std::byte> bytes);

  std::vector<unsigned> living() const;
  bool wait_for_members(std::size_t count, const wait::deadline& until) const;

  /// False in a forked child.
  bool is_ours() const noexcept;
  const shared_file& file() const noexcept { return file_; }
  unsigned place() const noexcept { return place_; }

 private:
  class here;
  void refuse_children() const;
  std::span<const std::byte> bytes_for(const grant& got) const noexcept;
  void write(std::span<const std::byte> bytes) const noexcept;

  const shared_file file_;
  const std::uint64_t process_;
  unsigned place_ = 0;
  region::claim claim_;
};

}  // namespace inturn::relay
