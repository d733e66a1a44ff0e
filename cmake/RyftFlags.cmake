# SPDX-License-Identifier: Apache-2.0 OR MIT
# Compiler flags and the shape of a library: one set of objects, from which come the shared library (only its
# public symbols visible) and the static one (which tests of internals link).

set(RYFT_WARNINGS
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wundef -Wformat=2 -Wcast-qual -Wvla -Wimplicit-fallthrough)

# GCC for x86 clears structs between 96 and 8192 bytes with an instruction that takes 10 ns to start; argument
# structs are of that size. Vector stores take 2 ns.
include(CheckCCompilerFlag)
set(RYFT_CLEARING -mmemset-strategy=vector_loop:512:noalign,libcall:-1:noalign)
check_c_compiler_flag(${RYFT_CLEARING} RYFT_HAS_CLEARING)

function(ryft_set_flags target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE _FILE_OFFSET_BITS=64)
  target_compile_options(${target} PRIVATE ${RYFT_WARNINGS} -fstack-protector-strong
    -fno-semantic-interposition)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 17 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON)
  if(RYFT_HAS_CLEARING)
    target_compile_options(${target} PRIVATE ${RYFT_CLEARING})
  endif()
  if(RYFT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(RYFT_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${RYFT_SANITIZE} -fno-sanitize-recover=undefined
      -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${RYFT_SANITIZE})
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "OBJECT_LIBRARY" AND NOT type STREQUAL "STATIC_LIBRARY")
    target_link_options(${target} PRIVATE -Wl,-z,relro,-z,now)
  endif()
endfunction()

function(ryft_add_library name)
  cmake_parse_arguments(ARG "" "MAP" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name}_objects OBJECT ${ARG_SOURCES})
  ryft_set_flags(${name}_objects)

  add_library(${name} SHARED $<TARGET_OBJECTS:${name}_objects>)
  ryft_set_flags(${name})
  set_target_properties(${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/${ARG_MAP} INSTALL_RPATH "$ORIGIN")
  # Inside the library its functions call each other directly. Plugins' threads call back into it: it stays.
  target_link_options(${name} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/${ARG_MAP}
    -Wl,-Bsymbolic-functions -Wl,-z,nodelete)
  if(NOT RYFT_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:${name}_objects> PUBLIC ${ARG_DEPENDS})

  string(REPLACE "ryft" "ryft" archive ${name})
  add_library(${name}-static STATIC $<TARGET_OBJECTS:${name}_objects>)
  set_target_properties(${name}-static PROPERTIES OUTPUT_NAME ${archive})
  target_include_directories(${name}-static PUBLIC ${PROJECT_SOURCE_DIR}/include)
  foreach(dependency ${ARG_DEPENDS})
    target_link_libraries(${name}-static PUBLIC ${dependency}-static)
  endforeach()
  target_link_libraries(${name}-static PUBLIC $<TARGET_PROPERTY:${name}_objects,INTERFACE_LINK_LIBRARIES>)
endfunction()
