// A LogStream puts lines in the order in which a collector would have received them, and soils them
// on the way when asked to: duplicates, delays of minutes and of hours, lines cut short, glued
// together or with bytes that are no text.
//
//   LogStream stream({.dirty = true, .seed = 7}, files);
//   stream.Add(time, product, line, label);
//   stream.Advance(time);    // nothing earlier will be added: what has arrived by then goes to the
//   files stream.Finish();
//
// Clean streams pass lines on at once. Lines of stories (label >= 0) may come late or twice, but
// never broken. Memory: the lines of the last hours, when dirty.
#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include "core/time.h"
#include "simulate/log_files.h"
#include "simulate/random.h"
#include "simulate/record.h"

namespace vedette::simulate {

struct DirtOptions {
  bool dirty = false;
  uint64_t seed = 1;
};

// How often each kind of dirt was put in.
struct DirtCounts {
  int64_t duplicates = 0;
  int64_t out_of_order = 0;
  int64_t late = 0;
  int64_t broken = 0;
};

class LogStream {
 public:
  LogStream(DirtOptions options, LogFiles& files);

  void Add(Timestamp time, Product product, std::string line, int label);
  void Advance(Timestamp time);
  Result<void> Finish();

  const DirtCounts& counts() const { return counts_; }

 private:
  struct Waiting {
    Timestamp arrives;
    uint64_t number;
    Product product;
    int label;
    std::string line;

    // For a queue that hands out the earliest first.
    friend bool operator<(const Waiting& a, const Waiting& b) {
      return a.arrives != b.arrives ? a.arrives > b.arrives : a.number > b.number;
    }
  };

  void Wait(Timestamp arrives, Product product, std::string line, int label);
  void Break(std::string& line);

  DirtOptions options_;
  LogFiles& files_;
  Random random_;
  std::priority_queue<Waiting> waiting_;
  uint64_t number_ = 0;
  DirtCounts counts_;
};

// By how much the clock of a machine is wrong; most are right.
Nanoseconds ClockSkew(const DirtOptions& options, uint32_t machine);

}  // namespace vedette::simulate
