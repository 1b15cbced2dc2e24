# inturn_include_root(NAME FOLDER RESULT)
#
# A folder of which the headers in FOLDER are included as "NAME/...", and nothing else can be.
function(inturn_include_root name folder result)
  set(root ${PROJECT_BINARY_DIR}/include-roots/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)
  set(${result} ${root} PARENT_SCOPE)
endfunction()

# inturn_module(NAME [USES module...] [SOURCES file...])
#
# One folder, one target. A module sees the public headers, itself, and the modules it USES (and what
# those use): each module's headers lie under an include root of its own, so that a forbidden
# `#include "lock/..."` does not compile. Two targets come of it:
#   inturn_NAME_headers   what may be included
#   inturn_NAME           the objects, collected by the library
function(inturn_module name)
  cmake_parse_arguments(arg "" "" "USES;SOURCES" ${ARGN})
  inturn_include_root(${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name} root)
  set_property(GLOBAL APPEND PROPERTY INTURN_MODULES ${name})
  add_library(inturn_${name}_headers INTERFACE)
  target_include_directories(inturn_${name}_headers INTERFACE ${root} ${PROJECT_SOURCE_DIR}/include)
  foreach(used IN LISTS arg_USES)
    target_link_libraries(inturn_${name}_headers INTERFACE inturn_${used}_headers)
  endforeach()

  if(arg_SOURCES)
    list(TRANSFORM arg_SOURCES PREPEND ${name}/)
    add_library(inturn_${name} OBJECT ${arg_SOURCES})
    target_link_libraries(inturn_${name} PUBLIC inturn_${name}_headers Threads::Threads)
    if(INTURN_SANITIZE)
      target_compile_options(inturn_${name} PRIVATE ${INTURN_OPTIMISED})
    endif()
    set_property(GLOBAL APPEND PROPERTY INTURN_OBJECTS $<TARGET_OBJECTS:inturn_${name}>)
  endif()
endfunction()
