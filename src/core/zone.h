// A time zone of the IANA database, for local days, hours of the week and times without an offset.
//
//   const Zone* berlin = Zone::Find("Europe/Berlin");   // nullptr: no such zone
//   int64_t local_day = berlin->LocalDay(time);         // days since 1970-01-01 on the wall calendar
//
// Zones live for the whole process. Thread-safe. Cost: a cached interval, two comparisons, on most
// calls.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"

namespace vedette {

class Zone {
 public:
  // Accepts IANA names, "UTC", and offsets such as "+02:00". Null when unknown.
  static const Zone* Find(std::string_view name);
  static const Zone* Utc();

  virtual ~Zone() = default;

  // What to add to UTC to get wall time, at that instant.
  virtual Nanoseconds OffsetAt(Timestamp utc) const = 0;
  // The instant of a wall time. A repeated hour is read as its first pass, a missing one as just
  // after the gap.
  virtual Timestamp ToUtc(const CivilTime& local) const = 0;

  Timestamp ToLocal(Timestamp utc) const { return utc + OffsetAt(utc); }
  int64_t LocalDay(Timestamp utc) const { return ToLocal(utc).days(); }
  // 0 is Monday 00:00 to 00:59 on the wall clock, 167 Sunday 23:00.
  int HourOfWeek(Timestamp utc) const {
    const int64_t hours = Timestamp::FloorDiv(ToLocal(utc).ns, kNanosPerHour) + 3 * 24;
    const int64_t hour = hours % 168;
    return static_cast<int>(hour < 0 ? hour + 168 : hour);
  }

  const std::string& name() const { return name_; }

 protected:
  explicit Zone(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

// Version of the zone database in use, such as "2024a".
std::string ZoneDatabaseVersion();

}  // namespace vedette
