#include "engine/summary.h"

#include <algorithm>

#include "core/json_writer.h"

namespace vedette {
namespace {

AccountingNames NamesOf(const ContentSet& content, const std::vector<SourceFile>& sources) {
  return {[&](SourceId id) { return sources[id].path; },
          [&](ParserId id) { return content.parsers.parsers()[id].id; },
          [&](ProductId id) {
            const Schema::Product& p = content.library.schema.product(id);
            return p.vendor + " " + p.product;
          }};
}

void WriteRules(JsonWriter& json, const RuleSet& rules, const std::vector<RuleCounts>& counts) {
  json.Key("rules").BeginObject();
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].acted == 0) continue;
    json.Key(rules.rules()[i].id).BeginObject();
    json.Key("acted").UInt(counts[i].acted).Key("fired").UInt(counts[i].fired);
    json.Key("held_back").BeginObject();
    for (int bit = 0; bit < kGateCount; ++bit) {
      if (counts[i].held_back[bit] > 0) json.Key(GateName(bit)).UInt(counts[i].held_back[bit]);
    }
    json.EndObject().EndObject();
  }
  json.EndObject();
}

void WriteModels(JsonWriter& json, const RuleSet& rules, const ModelStore& models) {
  json.Key("models").BeginObject();
  for (uint32_t i = 0; i < models.model_count(); ++i) {
    const ModelStore::Size size = models.size(i);
    if (size.scopes == 0) continue;
    json.Key(rules.models()[i].id).BeginObject();
    json.Key("scopes")
        .UInt(size.scopes)
        .Key("entries")
        .UInt(size.entries)
        .Key("bytes")
        .UInt(size.bytes);
    json.Key("evictions").UInt(size.evictions);
    json.Key("cold_scopes").UInt(size.cold_scopes).Key("returned").UInt(size.returned).EndObject();
  }
  json.EndObject();
}

// Hours in which each log source was heard, and in which it was missed.
void WriteSourceHours(JsonWriter& json, const Schema& schema, SourceHours hours, Timestamp until) {
  if (until.ns != INT64_MIN) hours.CloseUntil(until);
  json.Key("log_sources").BeginObject();
  for (size_t i = 0; i < hours.product_count() && i < schema.product_count(); ++i) {
    const auto product = static_cast<ProductId>(i);
    const SourceHours::Counts& counts = hours.counts(product);
    if (counts.events == 0 && counts.missing == 0) continue;
    json.Key(schema.product(product).vendor + " " + schema.product(product).product).BeginObject();
    json.Key("events").UInt(counts.events).Key("hours").UInt(counts.hours);
    json.Key("hours_missing").UInt(counts.missing).Key("gaps").BeginArray();
    for (const SourceHours::Gap& gap : counts.gaps) {
      const Timestamp from{gap.first_hour * kNanosPerHour};
      json.BeginObject().Key("from").String(FormatIso8601(from));
      json.Key("hours").Int(gap.hours).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndObject();
}

// How often lists and tables were asked, and how often they knew the answer: a list that never does
// is not working.
void WriteTables(JsonWriter& json, const ContextTables& tables,
                 const std::vector<Evaluator::TableUse>& use) {
  json.Key("lists").BeginObject();
  for (size_t i = 0; i < use.size(); ++i) {
    if (use[i].asked == 0) continue;
    json.Key(tables.tables()[i]->name).BeginObject();
    json.Key("asked").UInt(use[i].asked).Key("found").UInt(use[i].found).EndObject();
  }
  json.EndObject();
}

void WriteSigma(JsonWriter& json, const SigmaLanes::Counters& lanes,
                const sigma::CorrelatorCounters& c) {
  json.Key("sigma").BeginObject();
  json.Key("events").UInt(lanes.events).Key("matches").UInt(lanes.matches);
  json.Key("correlations").BeginObject();
  for (const auto& [key, value] :
       {std::pair{"matches", c.matches}, std::pair{"firings", c.firings},
        std::pair{"without_group", c.without_group}, std::pair{"without_value", c.without_value},
        std::pair{"evicted_groups", c.evicted_groups},
        std::pair{"evicted_matches", c.evicted_matches}, std::pair{"out_of_order", c.out_of_order}})
    json.Key(key).UInt(value);
  json.EndObject().EndObject();
}

}  // namespace

void WriteSequences(JsonWriter& json, const Sequencer::Counts& counts) {
  json.Key("sequences").BeginObject();
  json.Key("opened").UInt(counts.opened).Key("told").UInt(counts.told);
  json.Key("early").UInt(counts.early).Key("late").UInt(counts.late).EndObject();
}

std::string SummaryJson(const ContentSet& content, const RunReport& report, const Judge& judge) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Key("events").UInt(report.events);
  if (report.events > 0) {
    json.Key("first_event").String(FormatIso8601(report.first_event));
    json.Key("last_event").String(FormatIso8601(report.last_event));
  }
  json.Key("detections").UInt(report.detections);
  const auto notable = std::count_if(report.sessions.begin(), report.sessions.end(),
                                     [](const Session& s) { return s.notable; });
  json.Key("sessions").UInt(report.sessions.size()).Key("notable_sessions").Int(notable);
  std::string accounting;
  report.accounting.AppendJson(accounting, NamesOf(content, report.sources));
  json.Key("accounting").Raw(accounting);
  WriteRules(json, content.rules, report.rules);
  json.Key("memory").BeginObject();
  json.Key("accounted_bytes").UInt(judge.models().accounted_bytes()).EndObject();
  WriteModels(json, content.rules, judge.models());
  WriteSourceHours(json, content.library.schema, judge.source_hours(), report.last_event);
  WriteTables(json, content.tables, judge.table_use());
  WriteSequences(json, judge.sequencer().counts());
  json.Key("exclusions").BeginArray();
  for (const Exclusions::Exclusion& exclusion : judge.exclusions().all()) {
    json.BeginObject().Key("id").String(exclusion.id).Key("hits").UInt(exclusion.hits).EndObject();
  }
  json.EndArray();
  if (judge.sigma() != nullptr)
    WriteSigma(json, judge.sigma_counters(), judge.sigma()->correlations());
  json.EndObject();
  out += '\n';
  return out;
}

}  // namespace vedette
