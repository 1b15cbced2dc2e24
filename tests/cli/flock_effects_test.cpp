#include "cli/flock_same.hpp"

// What becomes of the lock file, the lock, the command and what is written.

namespace inturn::test {
namespace {

constexpr flock_script scripts[] = {
    {"makes_the_file", "flock L true"},
    {"makes_it_by_umask", "umask 077; flock L true"},
    {"makes_it_open_to_all", "umask 0; flock L true"},
    {"leaves_what_is_in_it", "echo text > L; chmod 640 L; flock L cat L"},
    {"makes_it_behind_a_link", "ln -s M L; flock L true"},
    {"takes_a_directory", "mkdir D; flock D echo ran"},
    {"takes_a_directory_shared", "mkdir D; flock -s D echo ran"},
    {"takes_a_read_only_file", "echo text > L; chmod 444 L; flock L echo ran"},
    {"takes_a_device", "flock /dev/null echo ran"},
    {"takes_the_program_itself", "flock \"$PLAIN\" echo ran"},
    {"no_directory", "flock no/such true"},
    {"parent_is_a_file", "touch F; flock F/L true"},
    {"empty_name", "flock '' true"},
    {"link_in_a_circle", "ln -s L L; flock L true"},
    {"name_is_a_dash", "flock - echo ran"},
    {"name_is_a_number", "flock 9 echo ran"},

    {"own_status", "flock L sh -c 'exit 33'"},
    {"killed", "flock L sh -c 'kill -9 $$'"},
    {"terminated", "flock L sh -c 'kill -TERM $$'"},
    {"terminated_without_fork", "flock -F L sh -c 'kill -TERM $$'"},
    {"no_such_command", "flock L no-such-command"},
    {"no_such_command_without_fork", "flock -F L no-such-command"},
    {"no_such_path", "flock L ./no-such-command"},
    {"a_directory_as_command", "flock L /tmp"},
    {"a_text_as_command", "echo text > T; flock L ./T"},
    {"a_script_without_a_first_line", "echo 'echo ran' > T; chmod +x T; flock L ./T"},
    {"an_empty_command", "flock L ''"},
    {"a_shell_word_as_command", "flock L exit 3"},
    {"finds_the_command_in_path",
     "mkdir D; printf '#!/bin/sh\\necho mine' > D/it; chmod +x D/it; "
     "PATH=$PWD/D:$PATH flock L it"},

    {"conflict", "exec 8>L; $PLAIN 8; flock -n L echo ran"},
    {"conflict_of_a_shared_one", "exec 8>L; $PLAIN 8; flock -sn L echo ran"},
    {"conflict_with_a_shared_one", "exec 8>L; $PLAIN -s 8; flock -n L echo ran"},
    {"no_conflict_of_shared_ones", "exec 8>L; $PLAIN -s 8; flock -sn L echo ran"},
    {"conflict_in_a_directory", "mkdir D; exec 8<D; $PLAIN 8; flock -n D echo ran"},
    {"conflict_by_another_name", "touch L; ln L M; exec 8>M; $PLAIN 8; flock -n L echo ran"},
    {"conflict_status", "exec 8>L; $PLAIN 8; flock -n -E 42 L echo ran"},
    {"conflict_told", "exec 8>L; $PLAIN 8; flock -n --verbose L echo ran"},
    {"time_over", "exec 8>L; $PLAIN 8; flock -w 0.05 L echo ran"},
    {"time_over_status", "exec 8>L; $PLAIN 8; flock -w 0.05 -E 42 L echo ran"},
    {"time_over_told", "exec 8>L; $PLAIN 8; flock -w 0.05 --verbose L echo ran"},
    {"no_time", "exec 8>L; $PLAIN 8; flock -w 0 --verbose L echo ran"},
    {"hardly_any_time", "exec 8>L; $PLAIN 8; flock -w 0.0000009 --verbose L echo ran"},
    {"time_and_nonblock", "exec 8>L; $PLAIN 8; flock -n -w 5 --verbose L echo ran"},
    {"time_enough", "exec 8>L; $PLAIN 8; { sleep 0.1; } & exec 8>&-; flock -w 60 L echo ran; wait"},
    {"waits", "exec 8>L; $PLAIN 8; { sleep 0.1; } & exec 8>&-; flock L echo ran; wait"},
    {"alarm_ignored", "exec 8>L; $PLAIN 8; trap '' ALRM; flock -w 0.05 L echo ran"},

    {"descriptor", "exec 9>L; flock 9; $PLAIN -n L echo ran"},
    {"descriptor_shared", "exec 9>L; flock -s 9; $PLAIN -n L true; echo $?; $PLAIN -ns L true"},
    {"descriptor_for_reading", "touch L; exec 9<L; flock 9; $PLAIN -n L echo ran"},
    {"descriptor_of_a_directory", "exec 9<.; flock 9; $PLAIN -n . echo ran"},
    {"descriptor_conflict", "exec 8>L 9>L; $PLAIN 8; flock -n 9"},
    {"descriptor_conflict_told", "exec 8>L 9>L; $PLAIN 8; flock -n --verbose -E 5 9"},
    {"descriptor_time_over", "exec 8>L 9>L; $PLAIN 8; flock -w 0.05 --verbose 9"},
    {"descriptor_of_the_holder", "exec 9>L; $PLAIN 9; flock -n 9"},
    {"descriptor_copied",
     "exec 9>L; exec 8>&9; $PLAIN 9; flock -n 8; echo $?; flock -u 8; $PLAIN -n L echo ran"},
    {"descriptor_to_shared", "exec 9>L; $PLAIN 9; flock -s 9; $PLAIN -ns L echo ran"},
    {"descriptor_to_exclusive", "exec 9>L; $PLAIN -s 9; flock 9; $PLAIN -ns L echo ran"},
    {"descriptor_lost_by_conversion",
     "exec 8>L 9>L; $PLAIN -s 8; $PLAIN -s 9; flock -n 9; echo $?; exec 8>&-; $PLAIN -n L echo "
     "ran"},
    {"descriptor_told", "exec 9>L; flock --verbose 9"},
    {"descriptor_with_options", "exec 9>L; flock -o 9 && flock -F 9 && $PLAIN -n L echo ran"},
    {"descriptor_in_a_subshell",
     "( flock -n 9 || exit 1; $PLAIN -n L true; echo $? ) 9>L; $PLAIN -n L echo ran"},
    {"descriptor_of_a_pipe", "echo | flock 0"},
    {"descriptor_is_standard_output", "flock 1 >L; $PLAIN -n L echo ran"},
    {"unlock", "exec 9>L; $PLAIN 9; flock -u 9; $PLAIN -n L echo ran"},
    {"unlock_what_is_not_locked", "exec 9>L; flock -u 9"},
    {"unlock_told", "exec 9>L; flock --verbose --unlock 9"},
    {"unlock_with_a_file", "exec 8>L; $PLAIN 8; flock -u L echo ran"},
    {"unlock_keeps_what_others_hold", "exec 8>L 9>L; $PLAIN 8; flock -u 9; $PLAIN -n L echo ran"},

    {"told", "flock --verbose L echo ran"},
    {"told_of_a_string", "SHELL=/bin/sh flock --verbose L -c 'echo ran'"},
    {"told_of_no_such_command", "flock --verbose L no-such-command"},
    {"told_to_a_full_device", "flock --verbose L true >/dev/full"},
    {"told_to_nobody", "flock --verbose L true >&-"},
    {"help_to_a_full_device", "flock -h >/dev/full"},
    {"version_to_a_full_device", "flock -V >/dev/full"},
    {"help_first", "flock -h -z >/dev/null"},
    {"help_of_no_file", "flock --help -w x >/dev/null"},
    {"version_first", "flock -V -z >/dev/null"},

    {"environment",
     "export A=1 INTURN_TICKET=7; env | grep -vE '^(PATH|INTURN_RUNTIME_DIR|_)=' | sort > E; "
     "flock L env | grep -vE '^(PATH|INTURN_RUNTIME_DIR|_)=' | sort | cmp - E && rm E"},
    {"arguments", "flock L printf '[%s]' a 'b c' '' -n -- '*'"},
    {"standard_input", "echo text | flock L cat"},
    {"descriptors", "flock L sh -c 'readlink /proc/self/fd/3 | grep -o L$; ls /proc/self/fd'"},
    {"descriptors_with_a_time", "flock -w 5 L ls /proc/self/fd"},
    {"descriptors_without_fork", "flock -F L sh -c 'readlink /proc/self/fd/3 | grep -o L$'"},
    {"descriptors_closed", "flock -o L sh -c 'readlink /proc/self/fd/3 | grep -c L$'"},
    {"descriptors_passed_on", "exec 7>M; flock L sh -c 'readlink /proc/self/fd/7 | grep -o M$'"},
    {"descriptor_for_reading_only", "flock L sh -c 'grep flags /proc/self/fdinfo/3'"},
    {"lock_lives_with_the_command",
     "flock L sh -c '$PLAIN -n L true; echo $?'; $PLAIN -n L echo ran"},
    {"lock_lives_with_its_child",
     "mkfifo P; flock L sh -c 'cat P >/dev/null 2>&1 &'; $PLAIN -n L true; echo $?; echo end > P"},
    {"lock_ends_without_descriptor",
     "mkfifo P; flock -o L sh -c 'cat P >/dev/null 2>&1 &'; $PLAIN -n L echo ran; echo end > P"},
    {"signals_as_found", "trap '' USR1; flock L grep Sig[BI] /proc/self/status"},
    {"signal_of_children_ignored", "env --ignore-signal=CHLD flock L grep SigI /proc/self/status"},
    {"status_where_it_is_ignored", "env --ignore-signal=CHLD flock L sh -c 'exit 5'"},
    {"signal_of_children_without_fork",
     "env --ignore-signal=CHLD flock -F L grep SigI /proc/self/status"},
    {"session_and_group",
     "flock L sh -c 'set -- $(cat /proc/$$/stat); test $5 = $(cut -d\" \" -f5 /proc/$PPID/stat) "
     "&& echo same'"},
    {"nested", "flock L flock M flock -s N echo ran"},
    {"nested_on_one_file", "flock L flock -n L echo ran"},
    {"boilerplate_of_the_manual",
     "printf '#!/bin/sh\\n[ \"$FLOCKER\" != \"$0\" ] && exec env FLOCKER=\"$0\" flock -en \"$0\" "
     "\"$0\" \"$@\" || :\\n"
     "echo ran $*\\n$PLAIN -n \"$0\" true; echo $?' > T; chmod +x T; ./T a b"},
};

class FlockSame : public testing::TestWithParam<flock_script> {};

TEST_P(FlockSame, AsUtilLinuxHasIt) { expect_same(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Effects, FlockSame, testing::ValuesIn(scripts), name_of_script);

}  // namespace
}  // namespace inturn::test
