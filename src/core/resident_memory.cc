#include "core/resident_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdio>

namespace vedette {

uint64_t ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total = 0, resident = 0;
  const bool read = std::fscanf(file, "%lu %lu", &total, &resident) == 2;
  std::fclose(file);
  return read ? resident * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

void ReturnFreeMemory(uint64_t least) {
  if (::mallinfo2().fordblks >= least) ::malloc_trim(0);
}

}  // namespace vedette
