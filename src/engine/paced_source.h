// A PacedSource offers lines at a steady rate, whatever becomes of them: line n is due n / rate
// after the start. When one cannot be handed over yet, those behind it wait, but stay due when they
// were, so that a latency counted from there shows the wait (no coordinated omission).
//
//   PacedSource source(20'000, clock);                        // lines a second; 0: all at once
//   source.Run(lines.size(), [&](size_t n) { return Write(pipe, lines[n]); });
//   clock.Now() - source.due(n)                               // since line n was to be there
//
// The clock is handed in. `give` may block: that is how a receiver presses back; false ends the
// run. Both functions may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>

#include "core/time.h"

namespace vedette {

class PaceClock {
 public:
  virtual ~PaceClock() = default;
  virtual Nanoseconds Now() = 0;
  virtual void WaitUntil(Nanoseconds time) = 0;
};

// Monotonic time; waits by sleeping.
class SteadyClock : public PaceClock {
 public:
  Nanoseconds Now() override;
  void WaitUntil(Nanoseconds time) override;
};

class PacedSource {
 public:
  PacedSource(uint64_t lines_per_second, PaceClock& clock)
      : rate_(lines_per_second), clock_(clock), start_(clock.Now()) {}

  // Returns how many lines were given.
  size_t Run(size_t lines, const std::function<bool(size_t line)>& give) const;

  Nanoseconds due(size_t line) const {
    if (rate_ == 0) return start_;
    const auto ns = static_cast<unsigned __int128>(line) * 1'000'000'000 / rate_;
    return start_ + Nanoseconds(static_cast<int64_t>(ns));
  }

 private:
  uint64_t rate_;
  PaceClock& clock_;
  Nanoseconds start_;
};

}  // namespace vedette
