#!/usr/bin/env bash
# mutations.sh ROOT COMPILER [NAME...] : breaks the baton's protocol in one place at a time, and expects the
# explorer to object.
set -euo pipefail
root=$1
compiler=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missed=0

# mutate NAME SCENARIOS FILE OLD NEW : OLD stands exactly once in src/baton/FILE, on one line.
mutate() {
  local name=$1 scenarios=$2 file=$3 old=$4 new=$5 code
  ((${#wanted[@]} == 0)) || [[ " ${wanted[*]} " == *" $name "* ]] || return 0
  rm -rf "$work/baton" && cp -r "$root/src/baton" "$work/baton"
  code=$(<"$root/src/baton/$file")
  [[ $code == *"$old"* && ${code#*"$old"} != *"$old"* ]] || {
    echo "$name: its text has to stand exactly once in src/baton/$file: bring it up to date: $old" >&2
    missed=1
    return 0
  }
  printf '%s%s%s\n' "${code%%"$old"*}" "$new" "${code#*"$old"}" >"$work/baton/$file"
  "$compiler" -std=c++20 -O1 "-I$work" "-I$root/include" "-I$root/tests" "$root"/tests/baton/explore/*.cpp \
    -o "$work/explore" || {
    echo "$name: does not compile" >&2
    missed=1
    return 0
  }
  # shellcheck disable=SC2086  # one word a scenario
  "$work/explore" --expect-failure $scenarios >"$work/said" || {
    echo "$name: is not caught by $scenarios: the explorer has a hole" >&2
    missed=1
    return 0
  }
  echo "$name: $(grep -m 1 -F ': ' "$work/said")"
}

wanted=("$@")
p=protocol.hpp w=words.hpp
mutate no_second_look two $p 'if (w_.load(turn()) != seen) return;' ''
mutate wakes_nobody two $p 'wake_place(w, place_of(to));' ';'
mutate sleeps_with_its_mark_cleared two $p 'w_.sleep(me_, parked, away)' \
  'w_.sleep(me_, w_.load(w_.shared().parked), away)'
mutate buries_a_newcomer 'born-and-dead places-again' $p 'joins_of(seen) != joins || ' ''
mutate dead_by_the_word_of_now 'born-and-dead places-again' $p 'bury(w, place, joins_of(seen))' \
  'bury(w, place, joins_of(w.load(w.shared().turn)))'
mutate dead_is_waited_for two-die $p 'if (w_.sleep(me_, parked, away) && w_.load(turn()) == seen)' \
  'if (w_.sleep(me_, parked, away) && w_.over())'
mutate try_waits_for_the_dead tries-die $p ' || bury_if_dead(w_, place_of(seen), seen)' ''
mutate death_without_news two-die $w 'has_news(w) || (died && has_taken(w, place))' 'has_news(w)'
mutate news_of_one_who_had_not_begun two-die $w '(died && has_taken(w, place))' 'died'
mutate news_of_a_hand_over two $p 'pass_on(seen, false)' 'pass_on(seen, true)'
mutate news_lost_by_one_who_comes two-die-late $w 'give(more, place, has_news(rest))' \
  'give(more, place, false)'
mutate predecessor_not_cleared 'born-and-dead places-again' $w 'const word rest = without(w, place, true);' \
  'const word rest = w;'
mutate leaves_with_the_turn two $w 'if (!is_at(w, place)) return rest;' 'return rest;'
mutate next_is_oneself two $w 'static_cast<int>(place + 1));
  return (place + 1 +' 'static_cast<int>(place));
  return (place +'

((missed == 0)) || exit 1
