#!/usr/bin/env bash
# headers.sh ROOT COMPILER DIRS : each header compiles alone, and what is not below a module does not
# compile in it. DIRS is a file that says where the build looks: a line "MODULE dir;dir;..." for each
# module of src/, and one for "public", a user of the library.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
# shellcheck source=tests/rules/modules.sh
source "$(dirname "$0")/modules.sh"
root=$1
compiler=$2
dirs=$3

# compiles HEADER FLAG... : as the only thing in a file; the compiler's words go to standard output
compiles() {
  local header=$1
  shift
  "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror \
    -fsyntax-only "$@" -x c++ - <<<"#include \"$header\"" 2>&1
}

check_alone() {
  local folder=$1 header messages
  shift
  while read -r header; do
    messages=$(compiles "${header#*/}" "$@") || breaks "$header" "does not compile alone: $messages"
  done < <(sources "$root" "$folder" | grep -E '\.(hpp|h)$')
}

# A module without headers can be included by nobody.
check_forbidden() {
  local module=$1 below=$2 other header messages
  shift 2
  for other in "${!sees[@]}"; do
    other=${other#src/}
    [[ " $below " != *" $other "* ]] || continue
    header=$(sources "$root" "src/$other" | grep -E '\.(hpp|h)$' | head -n 1 || true)
    header=${header#src/}
    [[ -n $header ]] || continue
    if messages=$(compiles "$header" "$@"); then
      breaks "$module" "includes $header and compiles, though $other is not below $module"
    elif [[ $messages != *"$header"*"o such file"* && $messages != *"$header' file not found"* ]]; then
      breaks "$module" "fails to include $header, but not because it is out of sight: $messages"
    fi
  done
}

read_modules "$root"
while read -r module where; do
  IFS=';' read -ra found <<<"$where"
  flags=("${found[@]/#/-I}")
  if [[ $module == public ]]; then
    check_alone include/inturn "${flags[@]}"
    check_forbidden public inturn "${flags[@]}"
  else
    check_alone "src/$module" "${flags[@]}"
    check_forbidden "$module" "${sees[src/$module]}" "${flags[@]}"
  fi
done <"$dirs"

finish
