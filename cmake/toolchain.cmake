# Compiler, linker and flags that hold for every target.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD AND NOT VEDETTE_SANITIZE)
  add_link_options(-fuse-ld=mold)
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
