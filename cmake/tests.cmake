find_package(GTest REQUIRED)

# What nearly all tests include, read once. (A program: what is precompiled for one fits no library.) Tests
# include what they use all the same.
file(WRITE ${PROJECT_BINARY_DIR}/precompiled/main.cpp "int main() { return 0; }\n")
add_executable(precompiled_for_tests EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/precompiled/main.cpp)
target_link_libraries(precompiled_for_tests PRIVATE GTest::gtest GTest::gmock Threads::Threads)
target_compile_options(precompiled_for_tests PRIVATE ${INTURN_PRECOMPILED})
target_precompile_headers(precompiled_for_tests PRIVATE <gtest/gtest.h> <gmock/gmock.h> <algorithm> <chrono>
  <filesystem> <functional> <map> <memory> <optional> <string> <thread> <vector>)

# How a test is found and run: labels choose what runs under which preset (see CONTRIBUTING.md), and
# every test has a time limit, so that a lost wake-up is a failure and not a hang.
#   quick      seconds, no privileges: also run with clang
#   threads    several threads and handles in one process: also run under the thread sanitizer
#   lock, table, region, kernel, cli, explore, proof, mutation, install, rules    what it is about
set(INTURN_TEST_TIMEOUT 60)

# inturn_add_test(NAME COMMAND command... LABELS label... [TIMEOUT seconds] [SERIAL])
# One entry of ctest. SERIAL: nothing else runs beside it, because it measures time.
function(inturn_add_test name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    message(FATAL_ERROR "test ${name}: no LABELS")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT ${INTURN_TEST_TIMEOUT})
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77 RUN_SERIAL ${arg_SERIAL})
endfunction()

# inturn_test(NAME SOURCES file... [USES module...] LABELS label... [TIMEOUT seconds] [SERIAL] [OPTIMISED])
# A GoogleTest program, target test_NAME, and one entry of ctest; target label_L builds all programs of
# label L. Without USES it sees the public headers alone, as a user does; with USES also the headers of
# those modules. Headers that tests share are included by their path under tests/. OPTIMISED: most of its
# time is computing of its own.
function(inturn_test name)
  cmake_parse_arguments(arg "SERIAL;OPTIMISED" "TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  set_target_properties(test_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test-programs)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  foreach(used IN LISTS arg_USES)
    target_link_libraries(test_${name} PRIVATE inturn_${used}_headers)
  endforeach()
  target_link_libraries(test_${name} PRIVATE inturn_whole GTest::gtest_main GTest::gmock)
  if(arg_OPTIMISED)
    target_compile_options(test_${name} PRIVATE ${INTURN_OPTIMISED})
  else()
    target_compile_options(test_${name} PRIVATE ${INTURN_PRECOMPILED})
    target_precompile_headers(test_${name} REUSE_FROM precompiled_for_tests)
  endif()
  set(serial)
  if(arg_SERIAL)
    set(serial SERIAL)
  endif()
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET label_${label})
      add_custom_target(label_${label})
    endif()
    add_dependencies(label_${label} test_${name})
  endforeach()
  inturn_add_test(${name} COMMAND test_${name} LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT} ${serial})
endfunction()
