# inturn_npm_packages(COMMENT RESULT)
#
# The packages that the package.json beside the calling CMakeLists.txt names, by its lock file, from the npm
# registry. They are put into the build folder: npm installs beside package.json, and the source tree stays as
# it is. RESULT: the file that is there when they are.
find_program(INTURN_NPM npm)
find_program(INTURN_NODE NAMES node nodejs)

function(inturn_npm_packages comment result)
  set(files package.json package-lock.json .npmrc)
  list(TRANSFORM files PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(installed ${CMAKE_CURRENT_BINARY_DIR}/npm.installed)
  add_custom_command(OUTPUT ${installed}
    COMMAND ${CMAKE_COMMAND} -E copy ${files} ${CMAKE_CURRENT_BINARY_DIR}
    COMMAND ${INTURN_NPM} ci --ignore-scripts --no-progress --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${files} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    COMMENT ${comment} VERBATIM)
  set(${result} ${installed} PARENT_SCOPE)
endfunction()
