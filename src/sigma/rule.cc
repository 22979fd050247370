#include "sigma/rule.h"

#include <array>

namespace vedette::sigma {

bool LogSource::Covers(const LogSource& other) const {
  const auto fits = [](const std::string& own, const std::string& theirs) {
    return own.empty() || own == theirs;
  };
  return fits(category, other.category) && fits(product, other.product) &&
         fits(service, other.service);
}

std::string LogSource::ToString() const {
  std::string text;
  for (const std::string* part : {&product, &category, &service}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '/';
    text += *part;
  }
  return text;
}

std::string_view LevelName(Level level) {
  constexpr std::array<std::string_view, 6> kNames = {"",       "informational", "low",
                                                      "medium", "high",          "critical"};
  return kNames[static_cast<size_t>(level)];
}

std::string_view CorrelationTypeName(CorrelationType type) {
  constexpr std::array<std::string_view, 12> kNames = {
      "event_count", "value_count", "temporal",         "temporal_ordered",
      "value_sum",   "value_avg",   "value_percentile", "value_median",
      "new_value",   "rare_value",  "new_magnitude",    "absent"};
  return kNames[static_cast<size_t>(type)];
}

}  // namespace vedette::sigma
