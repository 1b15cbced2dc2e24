#!/usr/bin/env bash
# shell.sh ROOT : shellcheck finds nothing in the project's scripts.
set -euo pipefail
# shellcheck source=tests/rules/report.sh
source "$(dirname "$0")/report.sh"
root=$1
command -v shellcheck >/dev/null || exit 77

cd "$root"
while read -r file; do
  head -n 1 "$file" | grep -qE '^#!.*\bbash$' || [[ $file == *.sh ]] || continue
  shellcheck --external-sources --shell=bash "$file" >&2 || breaks "$file" "shellcheck has found something"
done < <(find scripts .ci tests proof -type f \( -path 'scripts/*' -o -path '.ci/*' -o -name '*.sh' \) \
  2>/dev/null | sort)

finish
