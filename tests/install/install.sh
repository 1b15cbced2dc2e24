#!/usr/bin/env bash
# install.sh static|shared ROOT COMPILER [BUILD] : what is installed can be found and used with CMake and
# with pkg-config, where it was installed and after the tree was moved. static installs BUILD, as it is;
# shared builds the library alone, as a shared one.
set -euo pipefail
form=$1
root=$2
compiler=$3
build=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -nE 's/^project\(inturn VERSION ([0-9.]+).*/\1/p' "$root/CMakeLists.txt")
export CXX=$compiler CMAKE_GENERATOR=Ninja

quietly() {
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log"
    echo "failed: $*"
    exit 1
  }
}

expect() { "${@:2}" || { echo "$1" && exit 1; }; }

use_by_cmake() {
  local prefix=$1 folder=$work/by-cmake-$2
  quietly cmake -S "$root/tests/install/consumer" -B "$folder" -DCMAKE_PREFIX_PATH="$prefix"
  quietly cmake --build "$folder"
  expect "the program built by find_package fails ($prefix)" "$folder/consumer"
}

use_by_pkg_config() {
  local prefix=$1 program=$work/by-pkg-config-$2 libdir flags
  libdir=$(dirname "$(find "$prefix" -name 'libinturn.*' | head -n 1)")
  export PKG_CONFIG_PATH=$libdir/pkgconfig
  expect "pkg-config knows another version" pkg-config --exact-version "$version" inturn
  read -ra flags <<<"$(pkg-config --cflags --libs inturn)"
  quietly "$compiler" -std=c++20 "$root/tests/install/consumer/main.cpp" "${flags[@]}" -o "$program"
  expect "the program built by pkg-config fails ($prefix)" env LD_LIBRARY_PATH="$libdir" "$program"
}

refuses_another_version() {
  ! cmake -S "$root/tests/install/consumer" -B "$work/another" -DCMAKE_PREFIX_PATH="$1" -DWANTED=9.0 \
    >"$work/log" 2>&1 && grep -q 'inturn' "$work/log"
}

is_shared_as_should_be() {
  local library
  library=$(echo "$1"/lib*/libinturn.so."$version")
  readelf -d "$library" >"$work/dynamic"
  expect "the soname is not libinturn.so.${version%.*}" grep -qF "[libinturn.so.${version%.*}]" "$work/dynamic"
  expect "needs more than the compiler's and the C library" \
    test -z "$(grep NEEDED "$work/dynamic" | grep -vE 'libstdc\+\+|libgcc_s|libc\.|libm\.|ld-linux')"
  expect "exports are wrong" "$root/tests/rules/exports.sh" "$root" "$library"
}

is_second_name() { [[ $(PATH=$1:$PATH flock -V) == "flock from inturn $version "* ]]; }

if [[ $form == shared ]]; then
  build=$work/build
  quietly cmake -S "$root" -B "$build" -DBUILD_SHARED_LIBS=ON -DINTURN_TESTS=OFF -DINTURN_COMMAND=OFF
  quietly cmake --build "$build" --target inturn
fi

quietly cmake --install "$build" --prefix "$work/first"
use_by_cmake "$work/first" first
use_by_pkg_config "$work/first" first
mv "$work/first" "$work/moved"
use_by_cmake "$work/moved" moved
use_by_pkg_config "$work/moved" moved
expect "another version is found too" refuses_another_version "$work/moved"

if [[ $form == shared ]]; then
  is_shared_as_should_be "$work/moved"
else
  expect "the installed command does not start" "$work/moved/bin/inturn" --help >/dev/null
  expect "the second name is not ours" is_second_name "$work/moved/lib/inturn"
fi
echo "installed, found, moved, found again"
