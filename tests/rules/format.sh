#!/usr/bin/env bash
# format.sh ROOT : every C++ file looks as clang-format makes it (mend: clang-format -i FILE).
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
command -v clang-format >/dev/null || exit 77

while read -r file; do
  clang-format --dry-run -Werror "$root/$file" 2>/dev/null ||
    breaks "$file" "is not formatted (clang-format -i $file)"
done < <(sources "$root" include src measure cli demo preload tests proof)

finish
