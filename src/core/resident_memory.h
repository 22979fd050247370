// How much memory this process has in use, for benchmarks and measurements; no decision rests on
// it.
//
//   const uint64_t bytes = ResidentBytes();
//
// Resident bytes, all in, from /proc/self/statm; 0 where there is none. Any thread. Cost: some
// microseconds.
#pragma once

#include <cstdint>

namespace vedette {

uint64_t ResidentBytes();

}  // namespace vedette
