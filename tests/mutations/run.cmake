# Breaks the table code as one mutation says, and expects the explorer to object.
#   cmake -DMUTATION=file -DSOURCE=project -DWORK=folder -DCXX=compiler -DENGINE=library -P run.cmake
file(READ ${MUTATION} text)
get_filename_component(name ${MUTATION} NAME_WE)
set(work ${WORK}/${name})

# part(OUT FROM TO): what stands between the two marks.
function(part out from to)
  string(FIND "${text}" "${from}" start)
  string(FIND "${text}" "${to}" end)
  string(LENGTH "${from}" length)
  math(EXPR first "${start} + ${length}")
  math(EXPR count "${end} - ${first}")
  if(start EQUAL -1 OR count LESS 0)
    message(FATAL_ERROR "${name}: no text between '${from}' and '${to}'")
  endif()
  string(SUBSTRING "${text}" ${first} ${count} found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

part(file "\nfile: " "\ncaught by: ")
part(scenarios "\ncaught by: " "\n--- find\n")
part(old "\n--- find\n" "--- replace\n")
part(new "\n--- replace\n" "--- end\n")
string(REGEX REPLACE "\n$" "" old "${old}")
string(REGEX REPLACE "\n$" "" new "${new}")

file(READ ${SOURCE}/src/${file} code)
string(FIND "${code}" "${old}" at)
string(FIND "${code}" "${old}" last REVERSE)
if(at EQUAL -1 OR NOT at EQUAL last)
  message(FATAL_ERROR "${name}: its text has to stand exactly once in src/${file}: bring it up to date\n${old}")
endif()
string(REPLACE "${old}" "${new}" code "${code}")
file(REMOVE_RECURSE ${work})
file(COPY ${SOURCE}/src/table DESTINATION ${work})
file(WRITE ${work}/${file} "${code}")

execute_process(
  COMMAND ${CXX} -std=c++20 -O1 -I${work} -I${SOURCE}/include -I${SOURCE}/tests
    ${SOURCE}/tests/explore/perform.cpp ${work}/table/cycle.cpp ${ENGINE} -o ${work}/explore
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${name}: does not compile")
endif()

separate_arguments(scenarios)
execute_process(COMMAND ${work}/explore --expect-failure ${scenarios} RESULT_VARIABLE not_caught)
file(REMOVE ${work}/explore)
if(not_caught)
  message(FATAL_ERROR "${name}: is not caught by ${scenarios}: the explorer has a hole")
endif()
