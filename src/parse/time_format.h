// Reads the times of raw logs by the formats that content names: iso8601, epoch (unit by size),
// epoch_s, epoch_ms, epoch_us, epoch_ns, syslog (no year), and patterns of letters such as "MMM d
// yyyy HH:mm:ss zzz".
//
//   Result<TimeFormat> format = TimeFormat::Compile("yyyy-MM-dd HH:mm:ss");
//   std::optional<Timestamp> time = format->Read(text, *zone, ingest_time);
//
// A time without a zone of its own is read in `zone`. A year-less time takes the year in which it
// lies at most a day after the ingest time. Immutable, thread-safe, no allocation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "core/zone.h"
#include "event/value.h"

namespace vedette {

class TimeFormat {
 public:
  static Result<TimeFormat> Compile(std::string_view text);

  std::optional<Timestamp> Read(const Value& value, const Zone& zone, Timestamp ingest_time) const;

 private:
  enum class Kind { kIso, kEpoch, kEpochUnit, kSyslog, kPattern };
  struct Part {
    char letter;  // '\'' for a literal, ' ' for blanks
    int count = 0;
    bool exact = false;  // touches another number, so the count of digits is fixed
    std::string literal;
  };

  std::optional<Timestamp> ReadPattern(std::string_view text, const Zone& zone,
                                       Timestamp ingest_time) const;

  Kind kind_ = Kind::kIso;
  int64_t unit_ns_ = 1;
  std::vector<Part> parts_;
};

// "Mmm [d]d [yyyy] hh:mm:ss[.fff]" at the front of the text; moves it behind the time. Used by the
// syslog header too.
std::optional<Timestamp> TakeSyslogTime(std::string_view& text, const Zone& zone,
                                        Timestamp ingest_time);

}  // namespace vedette
