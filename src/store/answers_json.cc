#include "store/answers_json.h"

#include "core/json_writer.h"

namespace vedette {
namespace {

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteTime(JsonWriter& json, std::string_view key, Timestamp time) {
  json.Key(key);
  if (time.ns == 0) {
    json.Null();
  } else {
    json.String(FormatIso8601(time));
  }
}

// What the model knew, in the words of its kind.
void WriteEvidence(JsonWriter& json, const Detection& d, const RuleSet& rules) {
  json.Key("evidence").BeginObject();
  if (d.model >= 0 && d.answer.asked) {
    const ModelSpec& model = rules.models()[static_cast<size_t>(d.model)];
    const Answer& a = d.answer;
    json.Key("model").String(model.id);
    json.Key("kind").String(ModelKindName(model.kind));
    json.Key("seen").UInt(a.seen);
    json.Key("total").UInt(a.total);
    json.Key("distinct").UInt(a.distinct);
    json.Key("threshold").UInt(a.threshold);
    WriteTime(json, "first_seen", a.first_seen);
    WriteTime(json, "last_seen", a.last_seen);
    if (a.peers > 0) {
      json.Key("peers").BeginObject().Key("asked").UInt(a.peers);
      json.Key("know_it").UInt(a.peers_with_value).EndObject();
    }
    if (!model.learns_values()) {
      json.Key("number").Int(a.number);
      if (a.boundary > 0) json.Key("boundary").Double(a.boundary);
      if (a.magnitude >= 0)
        json.Key("magnitude").Int(a.magnitude).Key("live_magnitude").Int(a.live_magnitude);
    }
    json.Key("coverage").Micro(d.coverage_ppm);
    json.Key("gates").BeginObject();
    WriteTime(json, "model_since", a.model_since);
    if (a.scope_known) WriteTime(json, "scope_since", a.scope_since);
    json.Key("converged").Bool(a.converged).Key("saturated").Bool(a.saturated).EndObject();
  }
  if (!d.matched.empty()) json.Key("matched").Raw(d.matched);
  json.EndObject();
}

// Licences of shared rules ask that their authors are named wherever a match is shown.
void WriteCredit(JsonWriter& json, const RuleSpec& rule) {
  if (!rule.author.empty()) json.Key("author").String(rule.author);
  if (!rule.license.empty()) json.Key("license").String(rule.license);
}

}  // namespace

void AppendDetectionLine(std::string& out, const Detection& d, const RuleSet& rules,
                         const Schema& schema, const std::vector<std::string>& source_names) {
  const RuleSpec& rule = rules.rules()[d.rule];
  JsonWriter json(out);
  json.BeginObject();
  json.Key("id").String(d.id.ToHex());
  json.Key("time").String(FormatIso8601(d.time));
  json.Key("rule").String(rule.id);
  json.Key("title").String(rule.title);
  json.Key("level").String(rule.level);
  json.Key("score").Micro(rule.score_micro);
  if (d.quality_ppm != kMicro) json.Key("quality").Micro(d.quality_ppm);
  json.Key("verdict").String(VerdictName(rule.verdict));
  json.Key("event_type").String(schema.event_type(d.event_type).name);
  const Schema::Product& product = schema.product(d.product);
  json.Key("vendor").String(product.vendor).Key("product").String(product.product);
  json.Key("entity").BeginObject();
  if (d.entity_kind == EntityKind::kDefault) {
    json.Key("type").Null().Key("id").Null();
  } else {
    json.Key("type").String(EntityKindName(d.entity_kind)).Key("id").String(d.entity);
  }
  json.EndObject();
  json.Key("scope").String(d.scope).Key("value").String(d.value);
  WriteTexts(json, "techniques", rule.techniques);
  WriteTexts(json, "tactics", rule.tactics);
  WriteTexts(json, "use_cases", rule.use_cases);
  json.Key("reason").String(d.reason);
  WriteCredit(json, rule);
  if (rule.imported) WriteTexts(json, "references", rule.references);
  WriteEvidence(json, d, rules);
  if (d.late) json.Key("late").Bool(true);
  json.Key("event")
      .BeginObject()
      .Key("id")
      .String(d.event_id.ToHex())
      .Key("fields")
      .Raw(d.event_fields)
      .EndObject();
  json.Key("position").BeginObject();
  json.Key("source").String(
      d.position.source < source_names.size() ? source_names[d.position.source] : "");
  json.Key("offset").UInt(d.position.offset).EndObject();
  json.EndObject();
  out += '\n';
}

void AppendSessionLine(std::string& out, const Session& s, const RuleSet& rules) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("id").String(s.id.ToHex());
  json.Key("entity")
      .BeginObject()
      .Key("type")
      .String(EntityKindName(s.entity_kind))
      .Key("id")
      .String(s.entity)
      .EndObject();
  json.Key("day").String(FormatDay(s.day));
  json.Key("score").Micro(s.score_micro);
  json.Key("display").Micro(DisplayTenths(s.score_micro) * 100'000);
  json.Key("notable").Bool(s.notable);
  if (!s.labels.empty()) {
    json.Key("labels").BeginArray();
    for (const uint32_t label : s.labels) {
      json.BeginObject().Key("id").String(rules.labels()[label].id);
      json.Key("factor").Micro(rules.labels()[label].factor_ppm).EndObject();
    }
    json.EndArray().Key("factor").Micro(s.factor_ppm);
  }
  json.Key("entity_risk").Micro(s.entity_risk_micro);
  json.Key("groups").BeginArray();
  for (const GroupPoints& group : s.groups) {
    json.BeginObject()
        .Key("group")
        .String(rules.groups()[group.group])
        .Key("points")
        .Micro(group.points_micro)
        .EndObject();
  }
  json.EndArray();
  json.Key("detections").BeginArray();
  for (const SessionDetection& d : s.detections) {
    const RuleSpec& rule = rules.rules()[d.rule];
    json.BeginObject().Key("id").String(d.id.ToHex()).Key("rule").String(rule.id);
    WriteCredit(json, rule);
    json.Key("points").Micro(d.points_micro).EndObject();
  }
  json.EndArray();
  json.EndObject();
  out += '\n';
}

}  // namespace vedette
