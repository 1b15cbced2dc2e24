#pragma once

#include <cstdint>

#include "preload/request.hpp"
#include "preload/side.hpp"
#include "table/scan.hpp"

namespace inturn::preload {

/// The reasons not to wait in the queue any longer, asked after every second (docs/turnstile.md, 2.4 and
/// 2.5).
class doubts {
 public:
  enum class conclusion : std::uint8_t {
    wait,
    leave,    // for the kernel; said why
    granted,  // the kernel's lock is ours already; said why
  };

  doubts(const request& asked, const side_region& side);
  conclusion ask(table::slot_id me, const table::placed& mine, const table::survey& seen);

 private:
  conclusion doubt(table::slot_id me, const table::placed& mine, const table::survey& seen);

  const request& asked_;
  const side_region& side_;
  std::uint64_t next_ns_;
  table::word last_front_ = table::free_word;  // when it was asked last
};

}  // namespace inturn::preload
