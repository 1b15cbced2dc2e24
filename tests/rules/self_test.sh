#!/usr/bin/env bash
# self_test.sh COMPILER : each rule holds for a small good tree, and fails, with the right words, for that
# tree with one thing wrong in it.
set -euo pipefail
compiler=$1
rules=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
failures=0

make_good_tree() {
  rm -rf "$tree"
  mkdir -p "$tree"/{include/inturn,src/base,src/table,src/lock,cli,scripts,tests,roots}
  cp "$rules/../../.clang-format" "$rules/../../.clang-tidy" "$tree"
  cat >"$tree/src/CMakeLists.txt" <<'END'
# inturn_module(ghost) is a comment
inturn_module(base SOURCES fd.cpp)
inturn_module(table USES base)
inturn_module(lock USES base table
  SOURCES lock.cpp)
END
  header include/inturn/api.hpp '#include <cstdint>' 'class __attribute__((visibility("default"))) api;'
  header src/base/fd.hpp
  header src/table/words.hpp '#include "base/fd.hpp"' '// system_clock is named here'
  header src/lock/turn.hpp '#include "inturn/api.hpp"' '#include "table/words.hpp"'
  header cli/run.hpp '#include "inturn/api.hpp"'
  printf '#include "lock/turn.hpp"\nint f() { return 1; }\n' >"$tree/src/lock/lock.cpp"
  printf '#!/usr/bin/env bash\nrm -f ok\n' >"$tree/scripts/ok"
  for module in base table lock; do
    mkdir -p "$tree/roots/$module"
    ln -sfn "../../src/$module" "$tree/roots/$module/$module"
  done
  local r=$tree/roots i=$tree/include
  printf '%s\n' "public $i" "base $r/base;$i" "table $r/table;$r/base;$i" "lock $r/lock;$r/table;$r/base;$i" \
    >"$tree/dirs"
}

header() {
  local file=$tree/$1
  shift
  { echo '#pragma once' && printf '%s\n' "$@"; } | sed '/^$/d' >"$file"
}

run_rule() {
  local rule=$1
  shift
  "$rules/$rule.sh" "$@" 2>&1
}

# good RULE ARG...
good() {
  local said
  said=$(run_rule "$@") || { echo "$1 fails for a good tree: $said" && failures=$((failures + 1)); }
}

# bad WORDS RULE ARG... : fails, and says WORDS; then the tree is made good again
bad() {
  local words=$1 said status=0
  shift
  said=$(run_rule "$@") || status=$?
  if ((status != 1)) || [[ $said != *"$words"* ]]; then
    echo "$1 should fail with '$words'; status $status: $said"
    failures=$((failures + 1))
  fi
  make_good_tree
}

# has TOOL : rules whose tool is not here say so (status 77), and need no test
has() { command -v "$1" >/dev/null; }

make_good_tree

good layers "$tree"
header src/table/words.hpp '#include "lock/turn.hpp"'
bad 'src/table may not include lock/' layers "$tree"
header src/base/fd.hpp '#  include "table/words.hpp"'
bad 'src/base/fd.hpp:2: src/base may not include table/' layers "$tree"
header src/lock/turn.hpp '#include "../table/words.hpp"'
bad 'name the module' layers "$tree"
header src/lock/turn.hpp '#include "lock/lock.cpp"'
bad 'the source file' layers "$tree"
header src/lock/turn.hpp '#include "words.hpp"'
bad 'without its module' layers "$tree"
header include/inturn/api.hpp '#include "base/fd.hpp"'
bad 'include may not include base/' layers "$tree"
header src/lock/turn.hpp '#include "cli/run.hpp"'
bad 'src/lock may not include cli/' layers "$tree"
mkdir "$tree/demo" && header demo/demo.hpp '#include "table/words.hpp"'
bad 'demo may not include table/' layers "$tree"
header src/lock/turn.hpp '#include "tests/rules.hpp"'
bad 'may not include tests/' layers "$tree"
header src/table/words.hpp '#include <chrono>'
bad 'is pure' layers "$tree"
header cli/run.hpp '#include "nowhere.hpp"'
bad 'without its module' layers "$tree"
header src/table/words.hpp '#include <sys/mman.h>'
bad 'is pure' layers "$tree"
sed -i 's/table USES base/table USES base lock/' "$tree/src/CMakeLists.txt"
bad 'module table uses lock, which is not below it' layers "$tree"
mkdir "$tree/src/stray" && header src/stray/x.hpp
bad 'src/stray is no module' layers "$tree"

good words "$tree"
header src/base/fd.hpp 'int a = FUTEX_WAIT_PRIVATE;'
bad "'FUTEX_WAIT_PRIVATE' is forbidden" words "$tree"
header src/base/fd.hpp 'int a = CLOCK_REALTIME;'
bad "'CLOCK_REALTIME' is forbidden" words "$tree"
header cli/run.hpp 'void f() { std::this_thread::sleep_for(1s); }'
bad "'this_thread::sleep' is forbidden" words "$tree"
header src/lock/turn.hpp 'using namespace std;'
bad 'should say whose it is' words "$tree"
echo 'void f();' >"$tree/src/base/fd.hpp"
bad 'pragma once' words "$tree"

good size "$tree"
yes '//' | head -n 301 >"$tree/tests/long.cpp" || true
bad '301 lines' size "$tree"
printf '// %0109d\n' 1 >"$tree/src/lock/lock.cpp"
bad 'src/lock/lock.cpp:1: is wider' size "$tree"

good headers "$tree" "$compiler" "$tree/dirs"
header src/base/fd.hpp 'inline int close(std::uint32_t fd);'
bad 'src/base/fd.hpp: does not compile alone' headers "$tree" "$compiler" "$tree/dirs"
header include/inturn/api.hpp '#include "base/fd.hpp"'
bad 'include/inturn/api.hpp: does not compile alone' headers "$tree" "$compiler" "$tree/dirs"
sed -i "s,^table .*,&;$tree/roots/lock," "$tree/dirs"
bad 'table: includes lock/turn.hpp and compiles' headers "$tree" "$compiler" "$tree/dirs"
sed -i "s,^public .*,&;$tree/roots/base," "$tree/dirs"
bad 'public: includes base/fd.hpp and compiles' headers "$tree" "$compiler" "$tree/dirs"

if has clang-format; then
  good format "$tree"
  echo 'int   f( ) ;' >"$tree/src/lock/lock.cpp"
  bad 'src/lock/lock.cpp: is not formatted' format "$tree"
fi

if has shellcheck; then
  good shell "$tree"
  # shellcheck disable=SC2016  # not expanded: it is what is found
  printf '#!/usr/bin/env bash\nrm $1\n' >"$tree/scripts/ok"
  bad 'scripts/ok' shell "$tree"
fi

if has clang-tidy; then
  compile_commands() {
    printf '[{"directory":"%s","file":"src/lock/lock.cpp","command":"c++ -std=c++20 %s -c src/lock/lock.cpp"}]' \
      "$tree" "-Iinclude -Iroots/base -Iroots/table -Iroots/lock" >"$tree/compile_commands.json"
  }
  compile_commands
  good tidy "$tree" "$tree"
  echo 'int f(int a) { if (a = 1) return 1; return 0 / (a - a); }' >"$tree/src/lock/lock.cpp"
  compile_commands
  bad '[misc-redundant-expression' tidy "$tree" "$tree"
  echo '[]' >"$tree/compile_commands.json"
  bad 'src/lock/lock.cpp: is not built' tidy "$tree" "$tree"
fi

# What a library exports is asked of a real one.
library() { "$compiler" -std=c++20 -shared -fPIC -fvisibility=hidden -o "$work/lib.so" -x c++ - <<<"$1"; }
api='namespace inturn { struct __attribute__((visibility("default"))) api { void f(); }; void api::f() {} }'
inside='namespace inturn::lock { __attribute__((visibility("default"))) void f() {} }'
header include/inturn/api.hpp 'class INTURN_API api;'
library "$api"
good exports "$tree" "$work/lib.so"
library "$api $inside"
bad 'exports inturn::lock::f()' exports "$tree" "$work/lib.so"
header include/inturn/api.hpp 'class INTURN_API api;'
library ''
bad 'exports nothing' exports "$tree" "$work/lib.so"

((failures == 0)) || exit 1
echo "every rule can fail"
