# Sourced by the rules. A rule goes on after what it finds, so that one run tells all.
broken=0

# breaks PLACE WHAT
breaks() {
  echo "$1: $2" >&2
  broken=1
}

# sources ROOT FOLDER... : the C++ files of these folders of the tree
sources() {
  local root=$1
  shift
  (cd "$root" && find "$@" -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) 2>/dev/null | sort)
}

finish() {
  ((broken == 0)) || exit 1
  echo "holds: $(basename "$0")"
}
