#!/usr/bin/env bash
# layers.sh ROOT : includes only go down. What is below a module is what src/CMakeLists.txt says it USES,
# and what those use; that an include which is not allowed does not even compile is headers.sh's question.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
# shellcheck source=tests/rules/modules.sh
source "$(dirname "$0")/modules.sh"
root=$1

# module_of FILE: src/table/scan.hpp is src/table's; cli/run/x.cpp is cli's
module_of() {
  local first=${1%%/*} rest=${1#*/}
  if [[ $first == src ]]; then echo "src/${rest%%/*}"; else echo "$first"; fi
}

check_include() {
  local file=$1 line=$2 included=$3 module=$4
  local place="$file:$line" target=${included%%/*}
  case "$included" in
    ../* | */../*) breaks "$place" "includes \"$included\" (name the module, not the way to it)" ;;
    *.cpp) breaks "$place" "includes the source file \"$included\"" ;;
    */*)
      [[ " ${sees[$module]} " == *" $target "* ]] ||
        breaks "$place" "$module may not include $target/: it is not below (allowed: ${sees[$module]})"
      ;;
    *)
      # A program has no folders below it: its own headers need no more than their names.
      [[ $module != src/* && -f $root/$module/$included ]] ||
        breaks "$place" "includes \"$included\" without its module (write \"MODULE/$included\")"
      ;;
  esac
}

# The protocol is tried in all interleavings by the explorer: whatever asks the system, a clock or a
# thread would escape it.
check_pure() {
  local file=$1 line=$2 header=$3
  case "$header" in
    *.h | */* | chrono | thread | mutex | shared_mutex | condition_variable | semaphore | future | random | \
      filesystem | fstream | iostream | ctime | cstdio | csignal)
      breaks "$file:$line" "src/table is pure and may not include <$header>"
      ;;
  esac
}

read_modules "$root"
# What is not a module of the library: the public headers, the laboratory and the command, on top of all
# modules, and the demonstration, which uses the library as anybody does.
sees[include]="inturn"
sees[measure]="measure ${sees[src/kernel]:-inturn}"
sees[cli]="cli measure ${sees[src/kernel]:-inturn}"
sees[demo]="inturn demo"
# The preload library looks inside, at what neither throws nor allocates.
sees[preload]="preload ${sees[src/kernel]:-inturn}"
while read -r file; do
  module=$(module_of "$file")
  if [[ -z ${sees[$module]:-} ]]; then
    breaks "$file" "$module is no module of src/CMakeLists.txt"
    continue
  fi
  while IFS=: read -r line form name; do
    if [[ $form == '"' ]]; then
      check_include "$file" "$line" "$name" "$module"
    elif [[ $module == src/table ]]; then
      check_pure "$file" "$line" "$name"
    fi
  done < <(sed -E 's/^\s*#\s*include\s*(["<])([^">]*).*/INCLUDE \1:\2/' "$root/$file" |
    grep -n '^INCLUDE ' | sed 's/INCLUDE //')
done < <(sources "$root" include src measure cli demo preload)

finish
