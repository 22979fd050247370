#include "rule/reason.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

constexpr size_t kMaxCharacters = 256;
constexpr uint32_t kMaxListItems = 5;

struct TriggerWord {
  std::string_view word;
  std::string TriggerFacts::*member;
};
constexpr TriggerWord kTriggerWords[] = {
    {"rule", &TriggerFacts::rule},
    {"scope_value", &TriggerFacts::scope_value},
    {"feature_value", &TriggerFacts::feature_value},
    {"numeric_value", &TriggerFacts::numeric_value},
    {"value", &TriggerFacts::value},
    {"last_seen", &TriggerFacts::last_seen},
    {"days_since", &TriggerFacts::days_since},
    {"count", &TriggerFacts::count},
    {"threshold", &TriggerFacts::threshold},
    {"boundary", &TriggerFacts::boundary},
    {"window", &TriggerFacts::window},
};

std::string FieldText(const Value& value) {
  if (!value.is_list() || value.size() <= kMaxListItems) return value.ToText();
  return Value::List(value.items(), kMaxListItems).ToText() +
         fmt::format(", +{}", value.size() - kMaxListItems);
}

}  // namespace

std::string TidyReason(std::string_view text) {
  std::string out;
  size_t characters = 0;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80 && ++characters > kMaxCharacters) break;
    if (byte < 0x20 || byte == 0x7F) {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  return out;
}

bool ReasonTemplate::ParsePlace(std::string_view name, const Schema& schema, Part* part) {
  part->is_place = true;
  if (StartsWith(name, "event.")) {
    const Schema::Field* field = schema.FindField(name.substr(6));
    if (field == nullptr) return false;
    part->field = field->id;
    return true;
  }
  const KnownFields& known = schema.known();
  if (name == "entity.user.source") part->field = known.user_entity;
  if (name == "entity.user.dest") part->field = known.dest_user_entity;
  if (name == "entity.device.source") part->field = known.src_device_entity;
  if (name == "entity.device.dest") part->field = known.dest_device_entity;
  if (part->field != kNoField) return true;
  if (!StartsWith(name, "trigger.")) return false;
  for (const TriggerWord& word : kTriggerWords) {
    if (word.word == name.substr(8)) part->member = word.member;
  }
  return part->member != nullptr;
}

ReasonTemplate ReasonTemplate::Parse(std::string_view text, const Schema& schema,
                                     const Place& place, Diagnostics& faults) {
  ReasonTemplate reason;
  reason.text_ = std::string(text);
  std::string literal;
  auto flush = [&] {
    if (!literal.empty()) reason.parts_.push_back({std::exchange(literal, {})});
  };
  size_t at = 0;
  while (at < text.size()) {
    const bool dollar = text.compare(at, 2, "${") == 0;
    const bool printed = text.compare(at, 3, "c${") == 0;
    const bool old_form =
        !dollar && !printed && text[at] == '{' && text.find('|', at) < text.find('}', at);
    if (!dollar && !printed && !old_form) {
      literal += text[at++];
      continue;
    }
    const size_t open = at + (printed ? 3 : dollar ? 2 : 1);
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      faults.Error(place, "reason-open",
                   fmt::format("the place that begins at character {} has no '}}'", at + 1));
      return reason;
    }
    std::string_view name = text.substr(open, close - open);
    Part part;
    part.literal = "unknown";
    if (old_form) {
      const size_t bar = name.find('|');
      part.literal = std::string(name.substr(0, bar));
      name = name.substr(bar + 1);
      name = name.substr(0, name.find('|'));
      if (name == "featureValue") name = "trigger.feature_value";
    }
    flush();
    if (ParsePlace(name, schema, &part)) {
      reason.parts_.push_back(std::move(part));
    } else {
      std::vector<std::string> words;
      for (const TriggerWord& word : kTriggerWords)
        words.push_back("trigger." + std::string(word.word));
      for (std::string_view field : schema.FieldNames())
        words.push_back("event." + std::string(field));
      const std::vector<std::string_view> views(words.begin(), words.end());
      faults.Error(place, "reason-unknown-place", fmt::format("a reason cannot name '{}'", name),
                   DidYouMean(name, views));
    }
    at = close + 1;
  }
  flush();
  return reason;
}

std::string ReasonTemplate::Render(const TriggerFacts& facts) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.is_place) {
      out += part.literal;
      continue;
    }
    std::string text;
    if (part.member != nullptr) text = facts.*part.member;
    if (part.field != kNoField && facts.event != nullptr)
      text = FieldText(facts.event->Get(part.field));
    out += text.empty() ? part.literal : text;
  }
  return TidyReason(out);
}

}  // namespace vedette
