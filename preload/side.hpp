#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "preload/text.hpp"
#include "region/layout.hpp"

namespace inturn::preload {

/// A side region (docs/turnstile.md, 6), mapped. Opened by the same rules as in src/kernel/side.cpp,
/// without allocating or throwing.
struct side_region {
  region::layout* at = nullptr;
  int fd = -1;  // a number that programs do not reach; -1: none to be had
  dev_t device = 0;
  ino_t inode = 0;
  text<256> path;  // to open it again; empty: too long
};

enum class making : std::uint8_t { no, if_missing };

/// False, and why it is said (log.hpp), unless it is just not there and was not to be made.
bool open_side(int lock_file_fd, const struct stat& lock_file, making how, side_region& out);

/// Gives up what open_side got.
void close_side(side_region& side);

/// The kernel's proof, as region::mapped::certainly_dead; false, too, if it cannot be asked.
bool is_certainly_dead(const side_region& side, std::uint32_t lane);

/// A description of the region for a claim alone; or -errno.
int describe_anew(const side_region& side);

/// Moves a descriptor out of the numbers that programs use: its new number, or -1 if there is none.
/// The old one is closed in any case.
int move_up(int fd);

}  // namespace inturn::preload
