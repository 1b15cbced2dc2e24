#!/usr/bin/env bash
# words.sh ROOT : what may not stand in the library, the laboratory and the command, and why. Comments may name it.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1

rules=(
  'FUTEX_\w*PRIVATE=a private futex does not work between processes'
  'CLOCK_REALTIME|system_clock|gettimeofday=people set that clock: every wait is on the monotonic one'
  'this_thread::sleep|\b(usleep|nanosleep|clock_nanosleep)\(|(?<!\w)::sleep\(=wait for what is to happen, not for time'
  '^using namespace (?!std::\w*literals)=a name should say whose it is'
  '\bassert ?\(=static_assert, or an error that a caller can handle: a release build drops assert'
)

# FILE=WORD that is right there, and why.
exceptions=(
  'src/kernel/from_kernel.hpp=clock_nanosleep('  # the kernel tells nobody that its lock is free
  'measure/pause.hpp=nanosleep('  # readers that read, and what polls
)

while read -r file; do
  for rule in "${rules[@]}"; do
    while IFS=: read -r line found; do
      [[ " ${exceptions[*]} " == *" $file=$found "* ]] ||
        breaks "$file:$line" "'$found' is forbidden: ${rule#*=}"
    done < <(sed -E 's,//.*,,' "$root/$file" | grep -noP -- "${rule%%=*}" || true)
  done
  [[ $file != *.hpp ]] || grep -qx '#pragma once' "$root/$file" || breaks "$file" "has no '#pragma once'"
done < <(sources "$root" include src measure cli preload)

finish
