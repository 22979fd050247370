// How far a run is: counters that all threads add to, and a line for the terminal.
//
//   ProgressReporter reporter(STDERR is a terminal);
//   if (auto line = reporter.Update(counters.Read(), now)) std::fputs(line->c_str(), stderr);
//
// The clock is handed in. The line starts with a carriage return and overwrites the one before.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace vedette {

struct Progress {
  bool surveying = true;     // the first pass; else events are being judged
  uint64_t bytes_total = 0;  // as stored
  uint64_t bytes_read = 0;   // by the first pass
  uint64_t lines = 0;
  uint64_t events_total = 0;   // parsed so far
  uint64_t events_judged = 0;  // handed out so far
};

struct ProgressCounters {
  std::atomic<bool> surveying{true};
  std::atomic<uint64_t> bytes_total{0};
  std::atomic<uint64_t> bytes_read{0};
  std::atomic<uint64_t> lines{0};
  std::atomic<uint64_t> events_total{0};
  std::atomic<uint64_t> events_judged{0};

  Progress Read() const {
    return {surveying.load(), bytes_total.load(),  bytes_read.load(),
            lines.load(),     events_total.load(), events_judged.load()};
  }
};

class ProgressReporter {
 public:
  using Clock = std::chrono::steady_clock;

  // Says nothing unless `on_terminal`. `every` is the shortest time between two lines.
  explicit ProgressReporter(bool on_terminal,
                            Clock::duration every = std::chrono::milliseconds(200))
      : on_terminal_(on_terminal), every_(every) {}

  // What to write now, or nothing.
  std::optional<std::string> Update(const Progress& progress, Clock::time_point now);
  // What to write when all is done: clears the line, if one was written.
  std::string Finish();

 private:
  bool on_terminal_;
  Clock::duration every_;
  bool written_ = false;
  Clock::time_point last_;
  // When the present phase was first seen, and what was done by then.
  bool phase_known_ = false;
  bool surveying_ = true;
  Clock::time_point phase_start_;
  uint64_t phase_events_ = 0;
};

}  // namespace vedette
