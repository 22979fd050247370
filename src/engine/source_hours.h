// SourceHours notices when a log source falls silent: its events are counted by the hour, and an
// hour without any counts as missing when the same hour a week before had some.
//
//   hours.Saw(product, time);                              // every event, in order of time
//   int64_t ppm = hours.CoveragePpm(product, now, window); // 1,000,000: nothing is missing
//
// So a product that rests at night or at weekends has no gaps then, and a rule that compares with
// the past can say how much of that past was there. Coverage looks back at most four weeks, and
// tells nothing (1,000,000) of a source in its first. Late events fill the hours they belong to.
// Memory: about 250 bytes a product. One thread. Source: semantics 12.2.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "core/record.h"
#include "event/schema.h"

namespace vedette {

class SourceHours {
 public:
  struct Gap {
    int64_t first_hour = 0;  // since the epoch
    int64_t hours = 0;
  };
  struct Counts {
    uint64_t events = 0;
    uint64_t hours = 0;     // with at least one event
    uint64_t missing = 0;   // hours that are over
    std::vector<Gap> gaps;  // the first few
  };
  static constexpr size_t kGapsKept = 5;

  void Saw(ProductId product, Timestamp time);
  int64_t CoveragePpm(ProductId product, Timestamp now, Nanoseconds window) const;

  size_t product_count() const { return sources_.size(); }
  const Counts& counts(ProductId product) const { return sources_[product].counts; }
  // What was counted; what was seen stays.
  void ResetCounts() {
    for (Source& source : sources_) source.counts = {};
  }
  // Nothing more will come up to then: hours before it are over.
  void CloseUntil(Timestamp time);

  // For a checkpoint: what to keep of a product; empty when nothing is known of it.
  std::string Save(ProductId product) const;
  // False when the record does not hold together; then nothing is kept.
  bool Load(ProductId product, std::string_view record);

 private:
  static constexpr int64_t kWeek = 168;
  static constexpr int64_t kKept = 5 * kWeek;  // four weeks, and the week before to compare with

  struct Source {
    int64_t first = INT64_MIN;   // hour of the first event
    int64_t newest = INT64_MIN;  // the hour that is open
    std::bitset<kKept> seen;     // by hour modulo kKept, back from the newest
    Counts counts;
  };

  static size_t SlotOf(int64_t hour) {
    return static_cast<size_t>(((hour % kKept) + kKept) % kKept);
  }
  static bool IsMissing(const Source& source, int64_t hour) {
    return !source.seen[SlotOf(hour)] && hour - kWeek >= source.first &&
           source.seen[SlotOf(hour - kWeek)];
  }
  static void Advance(Source& source, int64_t hour);

  std::vector<Source> sources_;  // by product
};

}  // namespace vedette
