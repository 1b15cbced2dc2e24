#pragma once

#include <atomic>
#include <cstdint>

namespace inturn::measure {

enum class part : std::uint32_t { outside, reader, writer };

/// What a lock protects, and who is in there: overlap is counted by those inside, when they come in. In
/// shared memory; one a lock.
class scene {
 public:
  /// After the lock was granted. Returns its place among all grants, 0 first.
  std::uint32_t enter(part as) {
    if (as == part::writer) {
      const bool alone = writers_.fetch_add(1) == 0 && readers_.load() == 0;
      if (!alone) overlaps_.fetch_add(1);
    } else {
      readers_.fetch_add(1);
      if (writers_.load() != 0) overlaps_.fetch_add(1);
    }
    return grants_.fetch_add(1);
  }
  /// Before the lock is given back; or when somebody who was inside has been killed.
  void leave(part as) {
    if (as == part::writer) writers_.fetch_sub(1);
    if (as == part::reader) readers_.fetch_sub(1);
  }

  std::int32_t readers() const { return readers_.load(); }
  std::int32_t writers() const { return writers_.load(); }
  /// How often somebody came in to one who should have been alone, or was there.
  std::int64_t overlaps() const { return overlaps_.load(); }

 private:
  std::atomic<std::int32_t> readers_{0}, writers_{0};
  std::atomic<std::int64_t> overlaps_{0};
  std::atomic<std::uint32_t> grants_{0};
};

}  // namespace inturn::measure
