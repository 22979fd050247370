// How much memory this process has in use, for benchmarks and measurements; no decision rests on
// it. And how to give back what is free.
//
//   const uint64_t bytes = ResidentBytes();
//   ReturnFreeMemory(16 << 20);
//
// Resident bytes, all in, from /proc/self/statm; 0 where there is none. Any thread. Cost: some
// microseconds; giving back, a walk over what is free, some milliseconds a hundred megabytes.
#pragma once

#include <cstdint>

namespace vedette {

uint64_t ResidentBytes();

// The allocator keeps freed pieces for others of their size. After many went at once, whole pages
// of them lie about, which this hands to the system when there are at least so many bytes of them.
void ReturnFreeMemory(uint64_t least);

}  // namespace vedette
