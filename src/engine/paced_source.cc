#include "engine/paced_source.h"

#include <chrono>
#include <thread>

namespace vedette {

Nanoseconds SteadyClock::Now() {
  return std::chrono::duration_cast<Nanoseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

void SteadyClock::WaitUntil(Nanoseconds time) {
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(time));
}

size_t PacedSource::Run(size_t lines, const std::function<bool(size_t line)>& give) const {
  for (size_t line = 0; line < lines; ++line) {
    if (clock_.Now() < due(line)) clock_.WaitUntil(due(line));
    if (!give(line)) return line;
  }
  return lines;
}

}  // namespace vedette
