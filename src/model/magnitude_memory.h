// Which orders of magnitude a scope has reached, and when last: 4 bytes each.
#pragma once

#include <algorithm>
#include <array>

#include "core/magnitude.h"
#include "core/record.h"
#include "model/entry_table.h"

namespace vedette {

class MagnitudeMemory {
 public:
  // Reaching m implies having reached everything below.
  void See(int magnitude, Minutes now) {
    for (int m = 0; m <= magnitude; ++m) {
      if (last_seen_[static_cast<size_t>(m)] < now + 1)
        last_seen_[static_cast<size_t>(m)] = now + 1;
    }
  }

  // The highest magnitude seen within `memory` before `now`, or -1.
  int Highest(Minutes now, Nanoseconds memory) const {
    for (int m = kMaxMagnitude; m >= 0; --m) {
      const Minutes seen = last_seen_[static_cast<size_t>(m)];
      if (seen == 0) continue;
      const int64_t age = now > seen - 1 ? static_cast<int64_t>(now - (seen - 1)) : 0;
      if (age * kNanosPerMinute <= memory.count()) return m;
    }
    return -1;
  }

  // A count, then the minutes: they fall from one magnitude to the next.
  void Write(RecordWriter& out) const {
    size_t reached = last_seen_.size();
    while (reached > 0 && last_seen_[reached - 1] == 0) --reached;
    out.Var(reached);
    for (size_t m = 0; m < reached; ++m) out.Var(last_seen_[m]);
  }
  void Read(RecordReader& in) {
    const size_t reached = std::min(in.Count(), last_seen_.size());
    for (size_t m = 0; m < reached; ++m) last_seen_[m] = static_cast<Minutes>(in.Var());
  }

 private:
  std::array<Minutes, kMaxMagnitude + 1> last_seen_{};  // minute + 1; 0: never
};

}  // namespace vedette
