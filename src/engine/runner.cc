#include "engine/runner.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <tuple>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "engine/content_sink.h"
#include "enrich/enricher.h"
#include "store/answers_json.h"

namespace vedette {
namespace {

// A file that is written from front to back; the first failure is kept.
class OutputFile {
 public:
  OutputFile(const std::string& folder, const std::string& name) {
    if (folder.empty()) return;
    path_ = folder + "/" + name;
    file_.reset(std::fopen(path_.c_str(), "wb"));
    if (file_ == nullptr) failure_ = std::strerror(errno);
  }

  void Write(const std::string& text) {
    if (file_ == nullptr || text.empty()) return;
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() && failure_.empty())
      failure_ = std::strerror(errno);
  }

  // Empty when everything reached the file.
  std::string Close() {
    if (file_ != nullptr && std::fclose(file_.release()) != 0 && failure_.empty())
      failure_ = std::strerror(errno);
    return failure_.empty() ? "" : fmt::format("cannot write {}: {}", path_, failure_);
  }

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::string failure_;
  std::unique_ptr<std::FILE, CloseFile> file_;
};

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
    json.Key("evictions").UInt(size.evictions).EndObject();
  }
  json.EndObject();
}

// How often lists and tables were asked, and how often they knew the answer: a list that never does
// is not working.
void WriteTables(JsonWriter& json, const ContextTables& tables, const Evaluator& evaluator) {
  json.Key("lists").BeginObject();
  const auto& use = evaluator.table_use();
  for (size_t i = 0; i < use.size(); ++i) {
    if (use[i].asked == 0) continue;
    json.Key(tables.tables()[i]->name).BeginObject();
    json.Key("asked").UInt(use[i].asked).Key("found").UInt(use[i].found).EndObject();
  }
  json.EndObject();
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
  WriteModels(json, content.rules, judge.models());
  WriteTables(json, content.tables, judge.evaluator());
  json.Key("exclusions").BeginArray();
  for (const Exclusions::Exclusion& exclusion : judge.exclusions().all()) {
    json.BeginObject().Key("id").String(exclusion.id).Key("hits").UInt(exclusion.hits).EndObject();
  }
  json.EndArray();
  json.EndObject();
  out += '\n';
  return out;
}

}  // namespace

Result<RunReport> RunJob(const ContentSet& content, const RunOptions& options,
                         Diagnostics& faults) {
  RunReport report;
  report.sources = DiscoverSources(options.inputs, faults);
  if (report.sources.empty()) return Fail("no-input", "there is nothing to read");
  std::error_code error;
  if (!options.out_folder.empty()) {
    std::filesystem::create_directories(options.out_folder, error);
    if (error)
      return Fail("output-folder", fmt::format("cannot create the folder {}: {}",
                                               options.out_folder, error.message()));
  }

  EventStreamOptions stream_options;
  stream_options.ingest_time = options.ingest_time;
  stream_options.lateness = options.lateness;
  stream_options.threads = options.threads;
  stream_options.on_progress = options.on_progress;
  EventStream stream(report.sources, stream_options, MakeContentSinks(content, options.ingest_time),
                     report.accounting, faults);

  const Schema& schema = content.library.schema;
  const Enricher enricher(schema, content.tables,
                          content.countries ? &*content.countries : nullptr);
  Judge judge(schema, content.rules, content.compiler.program(), content.tables, {});
  if (content.exclusions) judge.exclusions() = *content.exclusions;

  std::vector<std::string> source_names;
  for (const SourceFile& source : report.sources) source_names.push_back(source.path);
  OutputFile detections_file(options.out_folder, "detections.ndjson");
  std::vector<Detection> detections;
  std::string lines;
  while (const BatchPtr batch = stream.Next()) {
    for (Event* event : batch->events) {
      enricher.Enrich(*event, batch->arena);
      report.first_event = std::min(report.first_event, event->time);
      report.last_event = std::max(report.last_event, event->time);
    }
    report.events += batch->events.size();
    detections.clear();
    judge.Process(batch->events, detections);
    report.detections += detections.size();
    lines.clear();
    for (const Detection& d : detections)
      AppendDetectionLine(lines, d, content.rules, schema, source_names);
    detections_file.Write(lines);
  }
  judge.Finish();
  report.rules = judge.rule_counts();
  report.sessions = judge.sessions().Finish();

  OutputFile sessions_file(options.out_folder, "sessions.ndjson");
  lines.clear();
  for (const Session& session : report.sessions) AppendSessionLine(lines, session, content.rules);
  sessions_file.Write(lines);
  OutputFile summary_file(options.out_folder, "summary.json");
  summary_file.Write(SummaryJson(content, report, judge));
  for (OutputFile* file : {&detections_file, &sessions_file, &summary_file}) {
    if (const std::string failure = file->Close(); !failure.empty())
      return Fail("output-failed", failure);
  }
  if (const auto imbalance = report.accounting.Imbalance()) return Fail("accounting", *imbalance);
  return report;
}

std::vector<RankedEntity> RankEntities(const std::vector<Session>& sessions) {
  std::map<std::pair<EntityKind, std::string>, RankedEntity> entities;
  for (const Session& session : sessions) {
    RankedEntity& entity = entities[{session.entity_kind, session.entity}];
    entity.kind = session.entity_kind;
    entity.id = session.entity;
    entity.peak_risk_micro = std::max(entity.peak_risk_micro, session.entity_risk_micro);
    entity.notable_sessions += session.notable;
    if (entity.best == nullptr || session.score_micro > entity.best->score_micro)
      entity.best = &session;
  }
  std::vector<RankedEntity> ranked;
  for (auto& [key, entity] : entities) ranked.push_back(entity);
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedEntity& a, const RankedEntity& b) {
    return std::tie(b.peak_risk_micro, b.best->score_micro) <
           std::tie(a.peak_risk_micro, a.best->score_micro);
  });
  return ranked;
}

}  // namespace vedette
