#!/usr/bin/env bash
# exports.sh ROOT LIBRARY : a shared library exports what the public headers mark INTURN_API, and no more.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
library=$2

public=$(grep -rhoE '(class|struct) INTURN_API \w+' "$root/include" | awk '{print $3}' | sort -u | paste -sd '|')
[[ -n $public ]] || breaks include "marks nothing INTURN_API"

count=0
while read -r name; do
  count=$((count + 1))
  [[ $name =~ ^((vtable|typeinfo|typeinfo name) for )?inturn::($public)(::|$) ]] ||
    breaks "$library" "exports $name"
done < <(nm --dynamic --demangle --defined-only "$library" | cut -d ' ' -f 3-)
((count > 0)) || breaks "$library" "exports nothing"

finish
