#!/usr/bin/env bash
# size.sh ROOT : no source file is longer than a person reads in one sitting, no line wider than a screen.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
most_lines=300
most_columns=110
exceptions=()

while read -r file; do
  [[ " ${exceptions[*]} " != *" $file "* ]] || continue
  lines=$(wc -l <"$root/$file")
  ((lines <= most_lines)) ||
    breaks "$file" "$lines lines, $most_lines are allowed: divide it by what its parts are about"
  [[ $file == *.[ch]pp ]] || continue
  while IFS=: read -r line _; do
    breaks "$file:$line" "is wider than $most_columns columns"
  done < <(grep -nE ".{$((most_columns + 1))}" "$root/$file" || true)
done < <(cd "$root" && find . \( -path ./build -o -path ./.git \) -prune -o -type f \( -name '*.cpp' \
  -o -name '*.hpp' -o -name '*.h' -o -name '*.sh' -o -name '*.cmake' -o -name '*.pml' \
  -o -name CMakeLists.txt -o -path './scripts/*' \) -print | sed 's,^\./,,' | sort)

finish
