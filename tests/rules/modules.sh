# Sourced by the rules that know the modules. Reads what src/CMakeLists.txt says into sees[src/MODULE]:
# itself, what it USES, and what those use. Modules stand there lower first, so a module that uses one
# declared later uses one above itself.
declare -A sees

# read_modules ROOT
read_modules() {
  local root=$1 said=src/CMakeLists.txt name words used below
  while read -r name words; do
    [[ -d $root/src/$name ]] || breaks $said "module $name has no folder"
    below="inturn $name"
    for used in $words; do
      if [[ -n ${sees[src/$used]:-} ]]; then
        below+=" ${sees[src/$used]}"
      else
        breaks $said "module $name uses $used, which is not below it (lower modules are declared first)"
      fi
    done
    sees[src/$name]=$(tr ' ' '\n' <<<"$below" | awk '!seen[$0]++' | paste -sd ' ')
  done < <(sed 's/#.*//' "$root/$said" | tr '\n' ' ' | grep -oE 'inturn_module\([^)]*\)' |
    sed -E 's/inturn_module\(\s*//; s/SOURCES.*//; s/\)//; s/\bUSES\b//')
}
