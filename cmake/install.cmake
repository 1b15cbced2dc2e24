# cmake --install: the library, its headers, the command, and the two ways to find them, a CMake package
# and pkg-config. All paths in them are relative, so that an installed tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/inturn)

install(TARGETS inturn EXPORT inturn-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/inturn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET inturn_command)
  install(TARGETS inturn_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # Not in the way of util-linux's flock: who wants this one puts its folder ahead in PATH (docs/flock.md).
  set(second_names_dir lib/inturn)
  file(RELATIVE_PATH command_from_second_name
    /prefix/${second_names_dir} /prefix/${CMAKE_INSTALL_BINDIR}/inturn)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/second-names)
  file(CREATE_LINK ${command_from_second_name} ${CMAKE_CURRENT_BINARY_DIR}/second-names/flock SYMBOLIC)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/second-names/flock DESTINATION ${second_names_dir})
endif()

install(EXPORT inturn-targets NAMESPACE inturn:: DESTINATION ${package_dir})
configure_package_config_file(cmake/package/inturn-config.cmake.in inturn-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(inturn-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/inturn-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/inturn-config-version.cmake DESTINATION ${package_dir})

# pkg-config finds itself: from the folder of inturn.pc back to the prefix.
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH from_pkgconfig_to_prefix /${pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" from_pkgconfig_to_prefix "${from_pkgconfig_to_prefix}")
configure_file(cmake/package/inturn.pc.in inturn.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/inturn.pc DESTINATION ${pkgconfig_dir})
