#include "engine/state_report.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/record.h"
#include "core/text.h"
#include "model/entry_table.h"
#include "model/model_store.h"

namespace vedette {
namespace {

using Records = std::map<std::string, std::string>;

Result<Records> ReadRecords(const StateDb& db, const std::string& prefix) {
  Records records;
  Result<void> read = db.ForEach(
      prefix, [&](std::string_view key, std::string_view value) { records.emplace(key, value); });
  if (!read) return Fail(read.error());
  return records;
}

std::string ToHex(std::string_view bytes) {
  std::string out;
  for (char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out;
}

// What a record says, as far as people can use it.
std::string DescribeRecord(bool learns_values, std::string_view key, std::string_view value) {
  if (!learns_values || key.empty() || key[0] != 'e') return fmt::format("{} bytes", value.size());
  RecordReader in(value);
  const Minutes first = in.U32();
  const Minutes last = in.U32();
  return fmt::format("first {}, last {}, {} times", FormatIso8601(FromMinutes(first)),
                     FormatIso8601(FromMinutes(last)), in.U32());
}

std::string DescribeKey(std::string_view key) {
  if (key.empty()) return "(none)";
  const std::string_view rest = key.substr(1);
  switch (key[0]) {
    case 'e':
      return fmt::format("value {} of scope {}",
                         ToHex(rest.substr(std::min<size_t>(rest.size(), 16))),
                         ToHex(rest.substr(0, 16)));
    case 's':
      return "scope " + ToHex(rest);
    case 'c':
      return "counter " + ToHex(rest);
    case 'm':
      return "the model";
    default:
      return fmt::format("record {}", ToHex(key));
  }
}

ModelDifference Compare(const std::string& model, bool learns_values, const Records& first,
                        const Records& second, size_t examples) {
  ModelDifference difference;
  difference.model = model;
  const auto example = [&](std::string_view key, const std::string* a, const std::string* b) {
    if (difference.examples.size() >= examples) return;
    difference.examples.push_back(
        fmt::format("{}: {} | {}", DescribeKey(key),
                    a == nullptr ? "-" : DescribeRecord(learns_values, key, *a),
                    b == nullptr ? "-" : DescribeRecord(learns_values, key, *b)));
  };
  for (const auto& [key, value] : first) {
    const auto at = second.find(key);
    if (at == second.end()) {
      ++difference.only_first;
      example(key, &value, nullptr);
    } else if (at->second != value) {
      ++difference.different;
      example(key, &value, &at->second);
    }
  }
  for (const auto& [key, value] : second) {
    if (first.contains(key)) continue;
    ++difference.only_second;
    example(key, nullptr, &value);
  }
  return difference;
}

}  // namespace

Result<StateSummary> SummarizeState(const StateDb& db) {
  StateSummary summary;
  for (const auto& [key, to] : {std::pair{"!engine", &summary.engine}}) {
    Result<std::optional<std::string>> value = db.Get(key);
    if (!value) return Fail(value.error());
    *to = value->value_or("unknown");
  }
  Result<std::optional<std::string>> format = db.Get("!format");
  if (!format) return Fail(format.error());
  summary.format = static_cast<uint32_t>(ParseInt(format->value_or("0")).value_or(0));
  Result<RunProgress> run = ReadRunProgress(db);
  if (!run) return Fail(run.error());
  summary.run = *std::move(run);

  std::string last_session;
  Result<void> read = db.ForEach("", [&](std::string_view key, std::string_view value) {
    ++summary.records;
    summary.bytes += key.size() + value.size();
    if (key.starts_with("f")) ++summary.inputs;
    if (!key.starts_with("j/sd") || key.size() < 8) return;
    ++summary.detections;
    const std::string_view session = key.substr(0, key.size() - 4);
    if (session != last_session) ++summary.sessions;
    last_session = session;
  });
  if (!read) return Fail(read.error());

  Result<std::map<std::string, StoredModel>> models = ReadStoredModels(db);
  if (!models) return Fail(models.error());
  for (const auto& [id, stored] : *models) {
    const std::optional<ModelKind> kind = FindModelKind(stored.kind);
    if (!kind) continue;
    Result<RecordSummary> records = SummarizeRecords(*kind, db, ModelPrefix(stored.number));
    if (!records) return Fail(records.error());
    summary.models.push_back({id, stored.kind, *records});
  }
  return summary;
}

Result<std::vector<ModelDifference>> CompareStates(const StateDb& first, const StateDb& second,
                                                   size_t examples) {
  for (const StateDb* db : {&first, &second}) {
    if (Result<void> known = ExpectCurrentFormat(*db); !known) return Fail(known.error());
  }
  Result<std::map<std::string, StoredModel>> models_a = ReadStoredModels(first);
  if (!models_a) return Fail(models_a.error());
  Result<std::map<std::string, StoredModel>> models_b = ReadStoredModels(second);
  if (!models_b) return Fail(models_b.error());
  std::set<std::string> ids;
  for (const auto* models : {&*models_a, &*models_b}) {
    for (const auto& [id, stored] : *models) ids.insert(id);
  }
  std::vector<ModelDifference> differences;
  const auto add = [&](ModelDifference difference) {
    if (difference.only_first + difference.only_second + difference.different > 0)
      differences.push_back(std::move(difference));
  };
  for (const std::string& id : ids) {
    Records records[2];
    bool learns_values = false;
    const std::pair<const StateDb*, const std::map<std::string, StoredModel>*> sides[] = {
        {&first, &*models_a}, {&second, &*models_b}};
    for (size_t side = 0; side < 2; ++side) {
      const auto at = sides[side].second->find(id);
      if (at == sides[side].second->end()) continue;
      learns_values = at->second.kind == "profile" || at->second.kind == "categorical";
      Result<Records> read = ReadRecords(*sides[side].first, ModelPrefix(at->second.number));
      if (!read) return Fail(read.error());
      records[side] = *std::move(read);
    }
    add(Compare(id, learns_values, records[0], records[1], examples));
  }
  Result<Records> judge_a = ReadRecords(first, std::string(kJudgePrefix));
  if (!judge_a) return Fail(judge_a.error());
  Result<Records> judge_b = ReadRecords(second, std::string(kJudgePrefix));
  if (!judge_b) return Fail(judge_b.error());
  add(Compare("", false, *judge_a, *judge_b, examples));
  return differences;
}

Result<ScopeReport> DescribeScope(const StateDb& db, const ContentSet& content,
                                  std::string_view model_id, std::string_view scope,
                                  const std::vector<std::string>& values) {
  const int index = content.rules.FindModel(model_id);
  if (index < 0) {
    std::vector<std::string_view> names;
    for (const ModelSpec& spec : content.rules.models()) names.push_back(spec.id);
    const std::string hint = DidYouMean(model_id, names);
    return Fail("unknown-model", fmt::format("there is no model '{}'{}{}", model_id,
                                             hint.empty() ? "" : "; ", hint));
  }
  const auto model = static_cast<uint32_t>(index);
  if (Result<void> known = ExpectCurrentFormat(db); !known) return Fail(known.error());
  ScopeReport report;
  report.model = &content.rules.models()[model];
  Result<std::map<std::string, StoredModel>> stored = ReadStoredModels(db);
  if (!stored) return Fail(stored.error());
  const auto at = stored->find(report.model->id);
  if (at == stored->end())
    return Fail("unknown-model", fmt::format("the state has no model '{}'", model_id));
  Result<RunProgress> run = ReadRunProgress(db);
  if (!run) return Fail(run.error());
  report.now = run->judged().time;

  ModelStore store(content.rules.models());
  StateDamage damage;
  const std::string prefix = ModelPrefix(at->second.number);
  store.KeepCold(model, db, prefix);  // only what is asked for
  if (Result<void> read = store.Load(model, db, prefix, damage); !read) return Fail(read.error());
  std::string scratch;
  const uint64_t seed = StateKeeper::HashSeed();
  const auto key_of = [&](std::string_view text, bool case_sensitive) {
    return HashBytes(NormalizeKey(text, case_sensitive, scratch), seed);
  };
  Probe probe;
  probe.model = model;
  probe.time = report.now;
  probe.scope =
      Combine(HashBytes(report.model->id, seed), key_of(scope, report.model->case_sensitive));
  if (!values.empty()) probe.value = key_of(values.front(), report.model->case_sensitive);
  report.answer = store.AskAndTrain(probe);
  if (!report.answer.scope_known) {
    return Fail("unknown-scope",
                fmt::format("model {} has never seen the scope '{}'", model_id, scope));
  }
  if (!report.model->learns_values()) return report;

  std::map<Hash128, std::string> names;
  for (const std::string& value : values)
    names[Combine(probe.scope, key_of(value, report.model->case_sensitive))] = value;
  store.ForEachValue(model, probe.scope, [&](const Hash128& key, const Entry& entry) {
    const auto name = names.find(key);
    const bool named = name != names.end();
    report.values.push_back({named ? name->second : key.ToHex(), FromMinutes(entry.first_seen),
                             FromMinutes(entry.last_seen), entry.count, named});
    if (named) names.erase(name);
  });
  std::sort(report.values.begin(), report.values.end(), [](const auto& a, const auto& b) {
    return std::tie(b.asked_for, b.count, a.name) < std::tie(a.asked_for, a.count, b.name);
  });
  for (const auto& [key, name] : names) report.unknown.push_back(name);
  std::sort(report.unknown.begin(), report.unknown.end());
  return report;
}

}  // namespace vedette
