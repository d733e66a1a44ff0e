# SPDX-License-Identifier: Apache-2.0 OR MIT
# What `cmake --install` puts where. The result can be moved as a whole: nothing in it names its own place.
include(CMakePackageConfigHelpers)

set(RYFT_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ryft)

install(TARGETS ryft ryft-io EXPORT ryftTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS ryft-static ryft-io-static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET ryft-cli)
  install(TARGETS ryft-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ryft DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

foreach(section 1 3 7)
  file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.${section})
  if(pages)
    install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endif()
endforeach()
file(GLOB papers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/LICENSE* ${PROJECT_SOURCE_DIR}/README.md
  ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
install(FILES ${papers} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  FILES_MATCHING PATTERN "*.c" PATTERN "*.mlir" PATTERN "*.npy")

# CMake packages: shared libraries are exported by CMake, static ones are described by the template.
install(EXPORT ryftTargets NAMESPACE ryft:: DESTINATION ${RYFT_CMAKE_DIR})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/ryftConfig.cmake.in ${PROJECT_BINARY_DIR}/ryftConfig.cmake
  INSTALL_DESTINATION ${RYFT_CMAKE_DIR} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ryftConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ryftConfig.cmake ${PROJECT_BINARY_DIR}/ryftConfigVersion.cmake
  DESTINATION ${RYFT_CMAKE_DIR})

# pkg-config files find their prefix from where they lie.
file(RELATIVE_PATH RYFT_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" RYFT_PC_TO_PREFIX "${RYFT_PC_TO_PREFIX}")
foreach(package ryft ryft-io)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
