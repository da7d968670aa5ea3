# How every target of this project is made, and the three rules about who may link whom.
#
#   add_module(NAME baoxue_store ALIAS baoxue::store SOURCES ... HEADERS ... PUBLIC ... PRIVATE ...)
#   add_contract(NAME registry SOURCES registry.proto [DEPENDS ...])  protobuf code of one package
#   add_service(NAME registry SOURCES main.cpp LINKS ...)             executable: baoxue-registry
#   add_unit(NAME base_date_test SOURCES ... LINKS ... [LABEL integration] [TIMEOUT 60])
#   check_architecture()                                              fails the configure step

set(BAOXUE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false null dereferences inside the standard library when it inlines.
  list(REMOVE_ITEM BAOXUE_WARNINGS -Wnull-dereference)
  # And false overlaps in std::string when it optimises (GCC bug 105329, mended in 13).
  list(APPEND BAOXUE_WARNINGS -Wno-restrict)
endif()
option(BAOXUE_WERROR "Treat warnings as errors" ON)
if(BAOXUE_WERROR)
  list(APPEND BAOXUE_WARNINGS -Werror)
endif()
option(BAOXUE_CHECK_HEADERS "Compile each header alone" OFF)
set(BAOXUE_INCLUDES ${PROJECT_SOURCE_DIR}/libs ${PROJECT_SOURCE_DIR}/services)

# Saves a quarter of a full build; off for daily work, where it would keep ccache from sharing
# between build folders. Two of them, because executables are compiled with other flags than
# libraries.
option(BAOXUE_PCH "Precompile the headers of the standard library, fmt, protobuf, GoogleTest" OFF)
if(BAOXUE_PCH)
  # Whoever cannot use them reads the headers themselves.
  set(CMAKE_PCH_WARN_INVALID OFF)
  set(pch_headers <algorithm> <array> <chrono> <condition_variable> <cstdint> <functional> <map>
      <memory> <mutex> <optional> <set> <span> <stop_token> <string> <string_view> <thread> <tuple>
      <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h>
      <google/protobuf/extension_set.h> <google/protobuf/generated_message_reflection.h>
      <google/protobuf/map.h> <google/protobuf/message.h> <google/protobuf/repeated_field.h>
      <google/protobuf/timestamp.pb.h>)
  add_library(baoxue_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch/main.cpp)
  target_compile_options(baoxue_pch PRIVATE ${BAOXUE_WARNINGS})
  target_link_libraries(baoxue_pch PRIVATE fmt::fmt)
  target_precompile_headers(baoxue_pch PRIVATE ${pch_headers})
  if(BAOXUE_TESTS)
    find_package(GTest REQUIRED)
    add_executable(baoxue_test_pch EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cmake/pch/main.cpp)
    target_compile_options(baoxue_test_pch PRIVATE ${BAOXUE_WARNINGS} $<$<CONFIG:Release>:-O0>)
    target_link_libraries(baoxue_test_pch PRIVATE fmt::fmt GTest::gmock)
    target_precompile_headers(baoxue_test_pch PRIVATE ${pch_headers} <gmock/gmock.h>
      <gtest/gtest.h>)
  endif()
endif()

function(use_pch target from)
  if(BAOXUE_PCH)
    target_precompile_headers(${target} REUSE_FROM ${from})
    # With them GCC 12 also tells its false alarms about the inside of the standard library.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow
      -Wno-stringop-overread)
  endif()
endfunction()

function(add_module)
  cmake_parse_arguments(M "" "NAME;ALIAS" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  if(M_SOURCES)
    add_library(${M_NAME} STATIC ${M_SOURCES})
    target_compile_options(${M_NAME} PRIVATE ${BAOXUE_WARNINGS})
    target_include_directories(${M_NAME} PUBLIC ${BAOXUE_INCLUDES})
    target_link_libraries(${M_NAME} PUBLIC ${M_PUBLIC} PRIVATE ${M_PRIVATE})
    # hiredis sets _FILE_OFFSET_BITS and Pango -pthread, which the precompiled headers were read
    # without.
    if(NOT "${M_PUBLIC};${M_PRIVATE}" MATCHES "HIREDIS|PANGO")
      use_pch(${M_NAME} baoxue_pch)
    endif()
  else()
    add_library(${M_NAME} INTERFACE)
    target_include_directories(${M_NAME} INTERFACE ${BAOXUE_INCLUDES})
    target_link_libraries(${M_NAME} INTERFACE ${M_PUBLIC})
  endif()
  add_library(${M_ALIAS} ALIAS ${M_NAME})
  set_property(GLOBAL APPEND PROPERTY BAOXUE_MODULES ${M_NAME})
  file(RELATIVE_PATH where ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL PROPERTY BAOXUE_WHERE_${M_NAME} ${where})
  if(BAOXUE_CHECK_HEADERS AND M_HEADERS)
    check_headers(${M_NAME} ${M_HEADERS})
  endif()
endfunction()

# Each header must compile alone.
function(check_headers module)
  set(units)
  foreach(header ${ARGN})
    string(MAKE_C_IDENTIFIER ${header} id)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/header_${id}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n")
    list(APPEND units ${unit})
  endforeach()
  add_library(${module}_headers OBJECT ${units})
  target_link_libraries(${module}_headers PRIVATE ${module})
endfunction()

# Generated protobuf code of one package: all of a service that another service may link.
function(add_contract)
  cmake_parse_arguments(C "" "NAME" "SOURCES;DEPENDS" ${ARGN})
  set(target ${C_NAME}_contract)
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(generated)
  foreach(proto ${C_SOURCES})
    file(RELATIVE_PATH rel ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${proto})
    string(REGEX REPLACE "\\.proto$" "" base ${rel})
    # Included as "<service>/contract/x.pb.h", like the sources.
    string(REGEX REPLACE "^(libs|services)/" "" inc ${base})
    string(REGEX MATCH "^(libs|services)" root ${base})
    add_custom_command(
      OUTPUT ${out}/${inc}.pb.cc ${out}/${inc}.pb.h
      COMMAND protobuf::protoc --cpp_out=${out} -I${PROJECT_SOURCE_DIR}/libs
              -I${PROJECT_SOURCE_DIR}/services ${PROJECT_SOURCE_DIR}/${root}/${inc}.proto
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${proto} VERBATIM)
    list(APPEND generated ${out}/${inc}.pb.cc)
  endforeach()
  add_library(${target} STATIC ${generated})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf ${C_DEPENDS})
  add_library(${C_NAME}::contract ALIAS ${target})
endfunction()

# Embeds store/migrations/NNN_name.sql of the current folder into `target` as
# std::span<const store::Migration> <namespace>::Migrations(), which the target's header declares.
function(embed_migrations target namespace)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
  list(SORT files)
  set(code "#include \"store/migrations.h\"\n#include <array>\nnamespace ${namespace} {\n")
  set(signature "std::span<const store::Migration> Migrations()")
  string(APPEND code "${signature};\n${signature} {\n")
  list(LENGTH files count)
  string(APPEND code "  static const std::array<store::Migration, ${count}> kAll{{\n")
  foreach(path ${files})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    get_filename_component(base ${path} NAME_WE)
    string(REGEX MATCH "^0*([0-9]+)_(.*)$" matched ${base})
    if(NOT matched)
      message(FATAL_ERROR "${path}: a migration is named NNN_name.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    file(READ ${path} sql)
    string(APPEND code "    {${number}, \"${name}\", R\"sql_(${sql})sql_\"},\n")
  endforeach()
  string(APPEND code "  }};\n  return kAll;\n}\n}  // namespace ${namespace}\n")
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/migrations.gen.cpp CONTENT "${code}")
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/migrations.gen.cpp)
endfunction()

function(add_service)
  cmake_parse_arguments(S "" "NAME;OUTPUT" "SOURCES;LINKS" ${ARGN})
  set(target baoxue_${S_NAME}_main)
  add_executable(${target} ${S_SOURCES})
  target_compile_options(${target} PRIVATE ${BAOXUE_WARNINGS})
  target_include_directories(${target} PRIVATE ${BAOXUE_INCLUDES})
  target_link_libraries(${target} PRIVATE ${S_LINKS})
  if(NOT S_OUTPUT)
    set(S_OUTPUT baoxue-${S_NAME})
  endif()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${S_OUTPUT})
  set_property(GLOBAL APPEND PROPERTY BAOXUE_PROGRAMS ${target})
endfunction()

# One test executable, registered with ctest as ONE test.
# LABEL is one of: unit integration system chaos sim fuzz compat.
function(add_unit)
  cmake_parse_arguments(T "" "NAME;LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT BAOXUE_TESTS)
    return()
  endif()
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_executable(${T_NAME} ${T_SOURCES})
  # -O0: what is tested is optimised, the tests themselves only cost time to compile.
  target_compile_options(${T_NAME} PRIVATE ${BAOXUE_WARNINGS} $<$<CONFIG:Release>:-O0>)
  use_pch(${T_NAME} baoxue_test_pch)
  target_include_directories(${T_NAME} PRIVATE ${BAOXUE_INCLUDES} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${T_NAME} PRIVATE ${T_LINKS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${T_NAME} PRIVATE BAOXUE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    BAOXUE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${T_NAME} COMMAND ${T_NAME})
  set_tests_properties(${T_NAME} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT})
endfunction()

# Every target that `target` links, private ones included.
function(collect_links target out)
  set(todo ${target})
  set(seen)
  while(todo)
    list(POP_FRONT todo t)
    if(t IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${t})
    if(NOT TARGET ${t})
      continue()
    endif()
    get_target_property(real ${t} ALIASED_TARGET)
    if(real)
      list(APPEND todo ${real})
      continue()
    endif()
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
      get_target_property(links ${t} ${property})
      if(links)
        foreach(link ${links})
          string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
          list(APPEND todo ${link})
        endforeach()
      endif()
    endforeach()
  endwhile()
  list(REMOVE_ITEM seen ${target})
  set(${out} ${seen} PARENT_SCOPE)
endfunction()

# 1. domain/ links libs/base only. 2. a service links no other service but its contract.
# 3. libs link no service.
function(check_architecture)
  get_property(modules GLOBAL PROPERTY BAOXUE_MODULES)
  foreach(module ${modules})
    get_property(where GLOBAL PROPERTY BAOXUE_WHERE_${module})
    collect_links(${module} links)
    if(where MATCHES "^services/([a-z]+)/domain")
      foreach(link ${links})
        if(NOT link MATCHES "^(baoxue::base|baoxue_base|fmt::fmt)$")
          message(FATAL_ERROR "${module}: a domain room links baoxue::base only, not ${link}")
        endif()
      endforeach()
    endif()
    foreach(link ${links})
      get_property(other GLOBAL PROPERTY BAOXUE_WHERE_${link})
      if(other MATCHES "^services/[a-z]+/contract$")
        continue()
      endif()
      if(where MATCHES "^libs/" AND other MATCHES "^services/")
        message(FATAL_ERROR "${module}: libs never link services (${link})")
      endif()
      if(where MATCHES "^services/([a-z]+)")
        set(mine ${CMAKE_MATCH_1})
        if(other MATCHES "^services/([a-z]+)" AND NOT CMAKE_MATCH_1 STREQUAL mine)
          message(FATAL_ERROR
            "${module}: ${mine} may link ${CMAKE_MATCH_1}::contract only, not ${link}")
        endif()
      endif()
    endforeach()
  endforeach()
endfunction()
