# Flags that every target of the tree gets.
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion)
if(INTURN_WERROR)
  add_compile_options(-Werror)
endif()
if(INTURN_SANITIZE)
  add_compile_options(-fsanitize=${INTURN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${INTURN_SANITIZE})
endif()

# Precompiled headers: ccache caches what uses them only if it is told not to mind these two.
find_program(INTURN_CCACHE ccache)
if(INTURN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${INTURN_CCACHE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(INTURN_PRECOMPILED -fpch-preprocess)
else()
  set(INTURN_PRECOMPILED "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Code whose speed decides how long a test takes is optimised a little where nothing else is.
set(INTURN_OPTIMISED $<$<CONFIG:Debug>:-O1>)
find_package(Threads REQUIRED)
