#include "rule/rule_spec.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

const std::vector<std::string_view> kVerdicts = {
    "fact",         "first",   "abnormal",    "above",       "magnitude", "top",
    "unusual_hour", "crossed", "truth_table", "seen_before", "sigma"};
// What content may ask for.
const std::vector<std::string_view> kContentVerdicts(kVerdicts.begin(), kVerdicts.end() - 1);
const std::vector<std::string_view> kEntities = {"default",    "user",        "asset",
                                                 "src_device", "dest_device", "dest_user"};
const std::vector<std::string_view> kStatuses = {"stable", "test", "experimental", "deprecated",
                                                 "unsupported"};
const std::vector<std::string_view> kLevels = {"informational", "low", "medium", "high",
                                               "critical"};

// "attack.t1048.003" is a technique, "attack.command-and-control" a tactic, anything else free.
void ReadTags(MapReader& map, RuleSpec& spec) {
  for (const std::string& tag : map.Texts("tags")) {
    if (!StartsWith(tag, "attack.")) continue;
    std::string name = tag.substr(7);
    const bool technique = name.size() >= 5 && name[0] == 't' && IsDigit(name[1]);
    if (technique) {
      name[0] = 'T';
      spec.techniques.push_back(name);
    } else {
      std::replace(name.begin(), name.end(), '_', '-');
      spec.tactics.push_back(name);
    }
  }
}

void ReadCounter(MapReader& map, RuleSpec& spec, Compiler& compiler, Diagnostics& faults) {
  const Node* node = map.Get("counter");
  spec.limit = map.Int("limit", 0, 0);
  if (node == nullptr) {
    if (spec.verdict == Verdict::kCrossed) {
      faults.Error(map.place(), "rule-counter",
                   "a rule with the verdict 'crossed' needs a 'counter' and a 'limit'");
    }
    return;
  }
  MapReader counter(*node, "counter", faults);
  struct Word {
    std::string_view key;
    CounterKind kind;
  };
  for (const Word& word : {Word{"sum", CounterKind::kSum}, Word{"count", CounterKind::kCount},
                           Word{"distinct", CounterKind::kDistinct}}) {
    if (!counter.Has(word.key)) continue;
    spec.counter = word.kind;
    spec.counter_value = CompileKey(counter, word.key, compiler, faults);
  }
  spec.counter_when = CompileKey(counter, "when", compiler, faults);
  counter.Finish();
  if (spec.counter == CounterKind::kNone) {
    faults.Error(node->place, "rule-counter",
                 "a counter needs one of 'sum', 'count' and 'distinct'");
  }
}

void ReadSuppress(MapReader& map, RuleSpec& spec, Compiler& compiler, Diagnostics& faults) {
  const Node* node = map.Get("suppress");
  if (node == nullptr) return;
  MapReader suppress(*node, "suppress", faults);
  spec.suppress_for = suppress.Duration("for", Nanoseconds(5 * kNanosPerMinute));
  spec.suppress_by = CompileKey(suppress, "by", compiler, faults);
  suppress.Finish();
}

std::optional<Nanoseconds> ReadMaturity(MapReader& map, std::string_view key) {
  if (!map.Has(key)) return std::nullopt;
  if (map.Text(key) == "off") return Nanoseconds(0);
  return map.Duration(key, Nanoseconds(0));
}

void ReadBands(MapReader& map, RuleSpec& spec, Diagnostics& faults) {
  for (const std::string& band : map.Texts("band")) {
    if (band == "S") {
      spec.bands.push_back(Band::kSmall);
    } else if (band == "M") {
      spec.bands.push_back(Band::kMedium);
    } else if (band == "L") {
      spec.bands.push_back(Band::kLarge);
    } else {
      faults.Error(map.PlaceOf("band"), "rule-band", fmt::format("there is no band '{}'", band),
                   "one of: S, M, L");
    }
  }
}

void ReadPlainText(MapReader& map, RuleSpec& spec) {
  spec.id = map.RequiredText("id");
  spec.title = map.RequiredText("title");
  spec.description = map.RequiredText("description");
  spec.status = std::string(kStatuses[map.Word("status", kStatuses, 0)]);
  spec.level = std::string(kLevels[map.Word("level", kLevels, 2)]);
  spec.use_cases = map.Texts("use_cases");
  spec.false_positives = map.Texts("falsepositives");
  spec.first_steps = map.Texts("first_steps");
  spec.references = map.Texts("references");
  spec.blind_spots = map.Text("blind_spots");
  spec.score_reason = map.Text("score_reason");
  spec.group = map.Text("group");
}

void ReadModelKeys(MapReader& map, RuleSpec& spec, Diagnostics& faults) {
  spec.model_id = map.Text("model");
  spec.model_ids_read = map.Texts("models_read");
  spec.row = map.Text("row");
  spec.if_seen = map.Text("if_seen");
  spec.while_learning = map.Text("while_learning");
  ReadBands(map, spec, faults);
  const bool needs_model = spec.verdict != Verdict::kFact && spec.verdict != Verdict::kCrossed &&
                           spec.verdict != Verdict::kTruthTable;
  if (needs_model && spec.model_id.empty()) {
    faults.Error(
        map.place(), "rule-no-model",
        fmt::format("a rule with the verdict '{}' needs a 'model'", VerdictName(spec.verdict)));
  }
  if (spec.verdict != Verdict::kTruthTable) return;
  const bool digits = !spec.row.empty() && std::all_of(spec.row.begin(), spec.row.end(),
                                                       [](char c) { return c == '0' || c == '1'; });
  if (!digits || spec.row.size() != spec.model_ids_read.size()) {
    faults.Error(map.PlaceOf("row"), "rule-row",
                 "'row' needs one digit 0 or 1 for each model of 'models_read'",
                 "write the row in quotes: \"011\"");
    spec.row.clear();
    spec.model_ids_read.clear();
  }
}

}  // namespace

std::string_view VerdictName(Verdict verdict) { return kVerdicts[static_cast<size_t>(verdict)]; }
std::string_view EntityKindName(EntityKind kind) { return kEntities[static_cast<size_t>(kind)]; }

std::optional<RuleSpec> ReadRuleSpec(const Node& node, const Schema& schema, Compiler& compiler,
                                     Diagnostics& faults) {
  MapReader map(node, "rule", faults);
  if (!node.is_map()) return std::nullopt;
  RuleSpec spec;
  spec.place = node.place;
  ReadPlainText(map, spec);
  ReadTags(map, spec);
  map.Required("verdict");
  spec.verdict = static_cast<Verdict>(map.Word("verdict", kContentVerdicts, 0));
  if (const Node* events = map.Get("events")) spec.events = ReadEventTypes(*events, schema, faults);
  spec.when = CompileKey(map, "when", compiler, faults);
  ReadModelKeys(map, spec, faults);
  ReadCounter(map, spec, compiler, faults);
  ReadSuppress(map, spec, compiler, faults);
  spec.value = CompileKey(map, "value", compiler, faults);
  spec.entity = static_cast<EntityKind>(map.Word("entity", kEntities, 0));
  spec.ladder_adds = map.Word("ladder", {"once", "add"}, 0) == 1;
  map.Required("score");
  const double score = map.Decimal("score", 0);
  if (!(score >= 0 && score <= 100)) {
    faults.Error(map.PlaceOf("score"), "content-range", "'score' must lie between 0 and 100");
  } else {
    spec.score_micro = std::llround(score * 1e6);
  }
  spec.reason =
      ReasonTemplate::Parse(map.RequiredText("reason"), schema, map.PlaceOf("reason"), faults);
  spec.unless_ids = map.Texts("unless");
  spec.requires_ids = map.Texts("requires");
  spec.test_mode = map.Word("mode", {"live", "test"}, 0) == 1;
  spec.quarantine_days = static_cast<uint32_t>(map.Int("train_unless_triggered", 0, 0, 365));
  spec.maturity = ReadMaturity(map, "maturity");
  spec.value_maturity = ReadMaturity(map, "value_maturity");
  spec.fires_on_new_source = map.Word("on_new_source", {"quiet", "fire"}, 0) == 1;
  map.Finish();
  if (spec.id.empty()) return std::nullopt;
  return spec;
}

std::string CreditOf(const RuleSpec& rule) {
  const bool both = !rule.author.empty() && !rule.license.empty();
  return rule.author + (both ? ", " : "") + rule.license;
}

}  // namespace vedette
