# vedette_library(<folder> [DEPS <folders above>...] [LIBS <targets>...])
#
# A folder of src/ is one small library made of its .cc files (those one folder down too), one test program made of its
# *_test.cc files, and one benchmark made of its *_bench.cc files. The global property VEDETTE_BENCHMARKS lists what the
# program of all benchmarks (bench/) is made of.
include(GoogleTest)

# Other builds leave these out of what is built when nothing is named: what they would measure says nothing.
function(vedette_only_in_release)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    set_target_properties(${ARGN} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()

function(vedette_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc */*.cc)
  set(tests ${sources})
  set(benchmarks ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER benchmarks INCLUDE REGEX "_bench\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")

  list(TRANSFORM ARG_DEPS PREPEND vedette_ OUTPUT_VARIABLE deps)
  add_library(vedette_${name} STATIC ${sources})
  target_include_directories(vedette_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(vedette_${name} PUBLIC ${deps} ${ARG_LIBS} vedette::format)
  target_precompile_headers(vedette_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/core/pch.h)

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE vedette_${name} GTest::gtest GTest::gmock GTest::gtest_main)
    target_precompile_headers(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/src/core/pch.h <gtest/gtest.h>)
    target_compile_definitions(${name}_test PRIVATE VEDETTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}.")
  endif()
  if(benchmarks)
    add_library(${name}_benchmarks OBJECT ${benchmarks})
    target_link_libraries(${name}_benchmarks PUBLIC vedette_${name} benchmark::benchmark)
    target_compile_definitions(${name}_benchmarks PRIVATE VEDETTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    set_property(GLOBAL APPEND PROPERTY VEDETTE_BENCHMARKS ${name}_benchmarks)
    add_executable(${name}_bench)
    target_link_libraries(${name}_bench PRIVATE ${name}_benchmarks benchmark::benchmark_main)
    vedette_only_in_release(${name}_benchmarks ${name}_bench)
  endif()
endfunction()
