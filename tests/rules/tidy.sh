#!/usr/bin/env bash
# tidy.sh ROOT BUILD [JOBS] : every source file is built, as BUILD's compile_commands.json says, and
# clang-tidy finds nothing in the library. (In the command it would spend minutes on the headers of others.)
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
build=$2
jobs=${3:-$(nproc)}
command -v clang-tidy >/dev/null || exit 77

to_check=()
while read -r file; do
  grep -qE "\"file\": *\"($root/)?$file\"" "$build/compile_commands.json" ||
    breaks "$file" "is not built by anything"
  [[ $file != src/* ]] || to_check+=("$root/$file")
done < <(sources "$root" src measure cli demo preload | grep '\.cpp$')

found=$(printf '%s\n' "${to_check[@]}" |
  xargs -P "$jobs" -n 1 clang-tidy --quiet -p "$build" 2>/dev/null) ||
  breaks src "clang-tidy has found something (.clang-tidy says which checks, and why not others)
$found"

finish
