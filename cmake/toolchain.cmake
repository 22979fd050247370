# Compiler, linker and flags that hold for every target.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD AND NOT VEDETTE_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

# The instruction set that may be assumed: AVX2 by default, which simdjson's on-demand parser needs at build time to be fast.
# main.cc checks it at start. See docs/decisions/2026-11-24-instruction-set.md.
set(VEDETTE_MARCH "x86-64-v3" CACHE STRING "Value of -march on x86-64; x86-64-v2 runs on any machine since 2009")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=${VEDETTE_MARCH})
endif()

# Fused multiply-add would make scores differ between processors.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -ffp-contract=off
                    -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache and precompiled headers agree only with this.
  add_compile_options(-fpch-preprocess -Wno-maybe-uninitialized)
endif()

if(VEDETTE_SANITIZE)
  add_compile_options(-fsanitize=${VEDETTE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VEDETTE_SANITIZE})
endif()
if(VEDETTE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
