#!/usr/bin/env bash
# tidy.sh ROOT BUILD [JOBS] : every source file of the library and the programs is built, as BUILD's
# compile_commands.json says, and clang-tidy finds nothing in it.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
build=$2
jobs=${3:-$(nproc)}
command -v clang-tidy >/dev/null || exit 77

files=()
while read -r file; do
  if grep -qE "\"file\": *\"($root/)?$file\"" "$build/compile_commands.json"; then
    files+=("$root/$file")
  else
    breaks "$file" "is not built by anything"
  fi
done < <(sources "$root" src cli demo | grep '\.cpp$')

printf '%s\n' "${files[@]}" | xargs -P "$jobs" -n 1 clang-tidy --quiet -p "$build" 2>/dev/null >&2 ||
  breaks src "clang-tidy has found something (.clang-tidy says which checks, and why not others)"

finish
