#include "expr/magnitude_function.h"

#include <map>

#include "core/magnitude.h"
#include "core/text.h"

namespace vedette {

Value MagnitudeOf(const Value& value, const Value& base) {
  if (base.is_null()) return {};
  // Scales are few and costly to make; each thread keeps those that it met.
  thread_local std::map<std::string, std::optional<MagnitudeScale>> scales;
  const std::string text = base.ToText();
  auto found = scales.find(text);
  if (found == scales.end()) {
    if (scales.size() > 64) scales.clear();
    const Result<MagnitudeScale> scale = MagnitudeScale::Make(text);
    found = scales.emplace(text, scale ? std::optional(*scale) : std::nullopt).first;
  }
  if (!found->second) return {};
  int64_t whole = 0;
  if (value.kind() == ValueKind::kInt) {
    whole = value.integer();
  } else if (value.kind() == ValueKind::kDouble && value.decimal() < 9.2e18) {
    whole = static_cast<int64_t>(value.decimal());
  }
  return whole < 1 ? Value() : Value::Int(found->second->Of(whole));
}

}  // namespace vedette
