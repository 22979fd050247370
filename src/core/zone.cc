#include "core/zone.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <date/tz.h>

namespace vedette {
namespace {

class FixedZone : public Zone {
 public:
  FixedZone(std::string name, Nanoseconds offset) : Zone(std::move(name)), offset_(offset) {}
  Nanoseconds OffsetAt(Timestamp) const override { return offset_; }
  Timestamp ToUtc(const CivilTime& local) const override { return FromCivil(local) - offset_; }

 private:
  Nanoseconds offset_;
};

// The transitions of a named zone, read once into a sorted array.
class NamedZone : public Zone {
 public:
  NamedZone(std::string name, const date::time_zone* zone) : Zone(std::move(name)), zone_(zone) {
    date::sys_seconds at{std::chrono::seconds(-9'000'000'000)};
    const date::sys_seconds last{std::chrono::seconds(9'000'000'000)};
    while (at < last) {
      const date::sys_info info = zone_->get_info(at);
      starts_.push_back(info.begin.time_since_epoch().count());
      offsets_.push_back(info.offset.count());
      if (info.end <= at) break;
      at = info.end;
    }
  }

  Nanoseconds OffsetAt(Timestamp utc) const override {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), utc.seconds());
    const size_t index =
        after == starts_.begin() ? 0 : static_cast<size_t>(after - starts_.begin() - 1);
    return std::chrono::seconds(offsets_[index]);
  }

  Timestamp ToUtc(const CivilTime& local) const override {
    const Timestamp wall = FromCivil(local);
    const date::local_seconds seconds{std::chrono::seconds(wall.seconds())};
    const date::local_info info = zone_->get_info(seconds);
    const int64_t rest = wall.ns - wall.seconds() * kNanosPerSecond;
    if (info.result == date::local_info::nonexistent) {
      return Timestamp{info.first.end.time_since_epoch().count() * kNanosPerSecond};
    }
    return Timestamp{(wall.seconds() - info.first.offset.count()) * kNanosPerSecond + rest};
  }

 private:
  const date::time_zone* zone_;
  std::vector<int64_t> starts_;
  std::vector<int64_t> offsets_;
};

std::unique_ptr<Zone> Make(std::string_view name) {
  if (name == "UTC" || name == "Z" || name == "GMT" || name == "Etc/UTC") {
    return std::make_unique<FixedZone>("UTC", Nanoseconds(0));
  }
  if (!name.empty() && (name[0] == '+' || name[0] == '-')) {
    // An offset: reuse the reader of ISO times.
    const auto shifted = ParseIso8601(std::string("1970-01-02T00:00:00") + std::string(name));
    if (!shifted) return nullptr;
    return std::make_unique<FixedZone>(std::string(name), Nanoseconds(kNanosPerDay - shifted->ns));
  }
  try {
    return std::make_unique<NamedZone>(std::string(name), date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return nullptr;  // the library throws for an unknown name
  }
}

}  // namespace

const Zone* Zone::Find(std::string_view name) {
  static std::mutex mutex;
  static auto* zones = new std::map<std::string, std::unique_ptr<Zone>, std::less<>>;
  std::lock_guard<std::mutex> lock(mutex);
  if (const auto found = zones->find(name); found != zones->end()) return found->second.get();
  std::unique_ptr<Zone> made = Make(name);
  if (made == nullptr)
    return nullptr;  // not remembered: events could name any number of zones that are none
  return zones->emplace(std::string(name), std::move(made)).first->second.get();
}

const Zone* Zone::Utc() {
  static const Zone* utc = Find("UTC");
  return utc;
}

std::string ZoneDatabaseVersion() {
  try {
    return date::get_tzdb().version;
  } catch (const std::exception&) {
    return "none";
  }
}

}  // namespace vedette
