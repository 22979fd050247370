#include <cstdio>

#include "cli/cli.h"

int main(int argc, char** argv) {
#if defined(__x86_64__) && defined(__AVX2__)
  if (!__builtin_cpu_supports("avx2")) {
    std::fputs(
        "vedette: this build needs a processor with AVX2; build with -DVEDETTE_MARCH=x86-64-v2 for "
        "older ones\n",
        stderr);
    return vedette::kExitInternal;
  }
#endif
  return vedette::RunCommandLine(argc, argv);
}
