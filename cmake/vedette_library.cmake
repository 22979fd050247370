# vedette_library(<folder> [DEPS <folders above>...] [LIBS <targets>...])
#
# A folder of src/ is one small library made of its .cc files (those one folder down too), one test program made of its
# *_test.cc files, and one benchmark made of its *_bench.cc files.
include(GoogleTest)

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
    add_executable(${name}_bench ${benchmarks})
    target_link_libraries(${name}_bench PRIVATE vedette_${name} benchmark::benchmark_main)
    target_compile_definitions(${name}_bench PRIVATE VEDETTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
endfunction()
