// CHECK stops the process when one of our own assumptions is broken, and says which. It is for bugs
// only: bad log lines and bad content are ordinary values (result.h, diagnostics.h).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace vedette {

[[noreturn]] inline void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: internal error: %s does not hold; please report this\n", file, line,
               condition);
  std::abort();
}

}  // namespace vedette

#define CHECK(condition)                        \
  (__builtin_expect(!!(condition), 1) ? void(0) \
                                      : ::vedette::CheckFailed(__FILE__, __LINE__, #condition))
