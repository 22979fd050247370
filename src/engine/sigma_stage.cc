#include "engine/sigma_stage.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "event/event_record.h"
#include "rule/reason.h"

namespace vedette {
namespace {

constexpr size_t kShownInReason = 48;   // characters of a value
constexpr size_t kShownInOutput = 200;  // of a value
constexpr size_t kMostMatched = 24;     // items in the output

bool IsContinuation(char c) { return (c & 0xC0) == 0x80; }

// The longest run of a pattern without wildcards: what to look for in the value.
std::string_view Core(std::string_view pattern) {
  std::string_view best;
  size_t begin = 0;
  for (size_t i = 0; i <= pattern.size(); ++i) {
    if (i < pattern.size() && pattern[i] != '*' && pattern[i] != '?') continue;
    if (i - begin > best.size()) best = pattern.substr(begin, i - begin);
    begin = i + 1;
  }
  return best;
}

}  // namespace

std::string Excerpt(std::string_view value, std::string_view part, size_t most) {
  if (value.size() <= most) return std::string(value);
  size_t at = 0;
  if (!part.empty()) {
    const auto found =
        std::search(value.begin(), value.end(), part.begin(), part.end(),
                    [](char a, char b) { return ToLowerAscii(a) == ToLowerAscii(b); });
    const auto place = static_cast<size_t>(found - value.begin());
    if (found != value.end() && place + part.size() > most) at = place - std::min(place, most / 4);
    at = std::min(at, value.size() - most);
  }
  while (at > 0 && IsContinuation(value[at])) --at;
  size_t end = std::min(at + most, value.size());
  while (end < value.size() && end > at && IsContinuation(value[end])) --end;
  return (at > 0 ? "…" : "") + std::string(value.substr(at, end - at)) +
         (end < value.size() ? "…" : "");
}

SigmaStage::SigmaStage(const SigmaRules& sigma, const RuleSet& rules, const Schema& schema)
    : schema_(schema),
      sigma_(sigma),
      rules_(rules),
      lanes_(sigma, rules),
      correlation_of_(sigma.collection().correlations().size(), -1),
      correlator_(sigma.collection(), {}) {
  for (size_t i = 0; i < rules.rules().size(); ++i) {
    const int32_t correlation = rules.rules()[i].sigma_correlation;
    if (correlation >= 0)
      correlation_of_[static_cast<size_t>(correlation)] = static_cast<int32_t>(i);
  }
}

void SigmaStage::Feed(const Event& event, Evaluator& evaluator,
                      std::span<const sigma::RuleIndex> matched, std::vector<Hit>& hits) {
  counted_.clear();
  std::copy_if(matched.begin(), matched.end(), std::back_inserter(counted_),
               [&](sigma::RuleIndex rule) { return correlator_.Wants(rule); });
  if (counted_.empty()) return;
  sigma::View* view = nullptr;
  evaluator.Reset(event);
  if (lanes_.Open(event, evaluator, &view) == nullptr) return;
  subject_.clear();
  if (std::any_of(counted_.begin(), counted_.end(),
                  [&](sigma::RuleIndex rule) { return correlator_.WantsSubject(rule); })) {
    RecordWriter out(subject_);
    WriteOrigin(out, {event.position, event.product}, schema_);
    out.Text(schema_.event_type(event.type).name).Hash(event.id);
    WriteFields(out, event, schema_);
  }
  fired_.clear();
  correlator_.OnMatches(counted_, event.time, *view, fired_, subject_);
  for (sigma::CorrelationFiring& firing : fired_) {
    if (Hit hit; Keep(firing, &hit)) hits.push_back(hit);
  }
}

void SigmaStage::BeginStep() {
  firings_.clear();
  arena_.Reset();
}

void SigmaStage::Absences(Timestamp now, std::vector<Absence>& absences) {
  if (correlator_.Deadline() >= now) return;
  fired_.clear();
  correlator_.AdvanceTo(now, fired_);
  for (sigma::CorrelationFiring& firing : fired_) {
    const Event* event = EventOf(firing);
    if (Hit hit; event != nullptr && Keep(firing, &hit)) absences.push_back({hit, event});
  }
}

bool SigmaStage::Keep(sigma::CorrelationFiring& firing, Hit* hit) {
  const int32_t spec = correlation_of_[firing.correlation];
  if (spec < 0) return false;
  *hit = {static_cast<uint32_t>(spec), static_cast<int32_t>(firings_.size())};
  firings_.push_back(std::move(firing));
  return true;
}

// Null when content no longer has the type or product of the last match.
const Event* SigmaStage::EventOf(const sigma::CorrelationFiring& firing) {
  RecordReader in(firing.subject);
  const EventOrigin origin = ReadOrigin(in, schema_);
  const Schema::EventType* type = schema_.FindEventType(in.Text());
  if (type == nullptr || origin.product == kNoProduct) return nullptr;
  Event* event = new (arena_.Allocate(sizeof(Event), alignof(Event))) Event;
  event->time = firing.time;
  event->id = in.Hash();
  event->position = origin.position;
  event->product = origin.product;
  event->type = type->id;
  ReadFields(in, arena_, schema_, *event);
  return event;
}

void SigmaStage::BeginRun() {
  correlator_.ForEachSubject([&](std::string& subject) {
    RecordReader in(subject);
    EventOrigin origin = ReadOrigin(in, schema_);
    origin.position.source = kNoSource;
    std::string changed;
    RecordWriter out(changed);
    WriteOrigin(out, origin, schema_);
    changed += in.rest();
    subject = std::move(changed);
  });
}

SigmaStage::Explanation SigmaStage::Explain(const Event& event, Evaluator& evaluator, uint32_t rule,
                                            int32_t firing) {
  const RuleSpec& spec = rules_.rules()[rule];
  if (firing >= 0) return ExplainFiring(firings_[static_cast<size_t>(firing)], spec);
  sigma::View* view = nullptr;
  const SigmaRules::Lane* lane = lanes_.Open(event, evaluator, &view);
  if (lane == nullptr) return {TidyReason(spec.title), "[]", {}};
  return ExplainMatch(*lane, *view, spec);
}

SigmaStage::Explanation SigmaStage::ExplainMatch(const SigmaRules::Lane& lane, sigma::View& view,
                                                 const RuleSpec& rule) {
  lane.matcher.Explain(static_cast<sigma::RuleIndex>(rule.sigma_rule), view, evidence_);
  Explanation why;
  JsonWriter json(why.matched);
  json.BeginArray();
  std::vector<std::string_view> told;  // fields, each once in the sentence
  std::string sentence = rule.title;
  std::string_view between = ": ";
  for (size_t i = 0; i < evidence_.size() && i < kMostMatched; ++i) {
    const sigma::Evidence& e = evidence_[i];
    const std::string_view core = Core(e.pattern);
    json.BeginObject().Key("identifier").String(e.identifier);
    json.Key("field").String(e.field).Key("modifiers").String(e.modifiers);
    json.Key("pattern").String(Excerpt(e.pattern, {}, kShownInOutput));
    json.Key("value").String(Excerpt(e.value, core, kShownInOutput)).EndObject();
    if (std::find(told.begin(), told.end(), e.field) != told.end() || e.value.empty()) continue;
    told.push_back(e.field);
    sentence += fmt::format("{}{} is '{}'", between, e.field.empty() ? "a value" : e.field,
                            Excerpt(e.value, core, kShownInReason));
    between = ", ";
  }
  json.EndArray();
  why.reason = TidyReason(sentence);
  return why;
}

SigmaStage::Explanation SigmaStage::ExplainFiring(const sigma::CorrelationFiring& firing,
                                                  const RuleSpec& rule) const {
  const sigma::Correlation& correlation = sigma_.collection().correlations()[firing.correlation];
  Explanation why;
  for (size_t i = 0; i < firing.group.size() && i < correlation.group_by.size(); ++i) {
    why.group += fmt::format("{}{}={}", i > 0 ? ", " : "", correlation.group_by[i],
                             Excerpt(firing.group[i], {}, kShownInReason));
  }
  JsonWriter json(why.matched);
  json.BeginArray().BeginObject();
  json.Key("correlation").String(sigma::CorrelationTypeName(correlation.type));
  json.Key("group").BeginObject();
  for (size_t i = 0; i < firing.group.size() && i < correlation.group_by.size(); ++i)
    json.Key(correlation.group_by[i]).String(Excerpt(firing.group[i], {}, kShownInOutput));
  json.EndObject();
  json.Key("value").Double(firing.value).Key("matches").UInt(firing.matches);
  json.Key("first").String(FormatIso8601(firing.first));
  json.EndObject().EndArray();
  std::string sentence =
      firing.matches == 0
          ? fmt::format("{}: no match for {} since {}", rule.title,
                        FormatDuration(correlation.timespan), FormatIso8601(firing.first))
          : fmt::format("{}: {} {} within {}", rule.title, firing.matches,
                        firing.matches == 1 ? "match" : "matches",
                        FormatDuration(correlation.timespan));
  if (!why.group.empty()) sentence += fmt::format(", {}", why.group);
  why.reason = TidyReason(sentence);
  return why;
}

std::string SigmaStage::GroupOf(int32_t firing) const {
  std::string text;
  for (const std::string& part : firings_[static_cast<size_t>(firing)].group) {
    text += part;
    text += '\x1f';
  }
  return text;
}

}  // namespace vedette
