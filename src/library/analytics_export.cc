#include "library/analytics_export.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/json_writer.h"
#include "core/text.h"
#include "model/model_spec.h"
#include "rule/analytics_types.h"

namespace vedette {
namespace {

// Faults of content are told where it is loaded; here broken nodes just read as their defaults.
std::string TextOf(const Node* map, std::string_view key, std::string fallback = {}) {
  const Node* node = map == nullptr ? nullptr : map->Find(key);
  return node != nullptr && node->is_scalar() ? node->scalar : fallback;
}

std::vector<std::string> TextsOf(const Node& map, std::string_view key) {
  const Node* node = map.Find(key);
  if (node == nullptr) return {};
  if (node->is_scalar()) return {node->scalar};
  std::vector<std::string> texts;
  for (const Node& item : node->items) texts.push_back(item.scalar);
  return texts;
}

// "90 days", "12 hours", "30 minutes".
std::string DocumentDuration(Nanoseconds value) {
  const int64_t ns = value.count();
  const auto whole = [&](int64_t unit, std::string_view word) -> std::optional<std::string> {
    if (ns % unit != 0) return std::nullopt;
    return fmt::format("{} {}{}", ns / unit, word, ns == unit ? "" : "s");
  };
  if (const auto days = whole(kNanosPerDay, "day")) return *days;
  if (const auto hours = whole(kNanosPerHour, "hour")) return *hours;
  if (const auto minutes = whole(kNanosPerMinute, "minute")) return *minutes;
  return fmt::format("{} seconds", ns / kNanosPerSecond);
}

std::string Cut(const std::string& text, size_t most) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80 && ++characters > most - 1) return text.substr(0, i) + "…";
  }
  return text;
}

// Keys of a rule that decide when it fires, and that the form has no word for.
constexpr std::string_view kDecidingKeys[] = {"if_seen", "while_learning", "requires", "counter",
                                              "band",    "models_read",    "row"};
// Keys that are lost without changing when it fires.
constexpr std::string_view kLostKeys[] = {"entity", "on_new_source"};

class Exporter {
 public:
  Exporter(const ContentLibrary& library, const AttackTable& attack)
      : library_(library), attack_(attack) {
    for (const ContentFile& file : library.rules) {
      if (file.imported) continue;
      if (const Node* models = file.root.Find("models")) {
        for (const Node& model : models->items) models_[TextOf(&model, "id")] = &model;
      }
    }
  }

  AnalyticsExport Run() {
    // Which rules can be expressed has to be known before one names another.
    std::vector<Candidate> candidates;
    for (const ContentFile& file : library_.rules) {
      const Node* rules = file.imported ? nullptr : file.root.Find("rules");
      if (rules == nullptr) continue;
      for (const Node& rule : rules->items) {
        Candidate candidate{&rule, &file};
        if (const auto model = models_.find(TextOf(&rule, "model")); model != models_.end())
          candidate.model = model->second;
        const std::string obstacle = Obstacle(candidate);
        if (obstacle.empty()) {
          exported_ids_.insert(TextOf(&rule, "id"));
          candidates.push_back(candidate);
        } else {
          out_.left_out.push_back({TextOf(&rule, "id"), obstacle});
        }
      }
    }
    for (size_t begin = 0; begin < candidates.size(); begin += kMaxRulesPerDocument) {
      std::string text;
      JsonWriter json(text);
      json.BeginObject().Key("version").String("1").Key("ruleDefinitions").BeginArray();
      const size_t end = std::min(candidates.size(), begin + kMaxRulesPerDocument);
      for (size_t i = begin; i < end; ++i) WriteRule(json, candidates[i]);
      json.EndArray().EndObject();
      out_.documents.push_back(text + "\n");
    }
    out_.rules = candidates.size();
    return std::move(out_);
  }

 private:
  struct Candidate {
    const Node* rule = nullptr;
    const ContentFile* file = nullptr;
    const Node* model = nullptr;
    AnalyticsType type = AnalyticsType::kFact;
  };

  // Why the form cannot express the rule; empty when it can, and then its type is set.
  std::string Obstacle(Candidate& candidate) const {
    const Node& rule = *candidate.rule;
    const std::string verdict = TextOf(&rule, "verdict");
    const std::string kind = TextOf(candidate.model, "kind");
    if (verdict == "fact") {
      candidate.type = AnalyticsType::kFact;
    } else if (verdict == "first" && kind == "profile") {
      candidate.type = AnalyticsType::kProfiled;
    } else if (verdict == "magnitude") {
      candidate.type = kind == "window_count"      ? AnalyticsType::kCount
                       : kind == "window_distinct" ? AnalyticsType::kDistinctCount
                                                   : AnalyticsType::kSum;
    } else if (candidate.model != nullptr) {
      return fmt::format("the form has no counterpart of '{}' on a {} model", verdict, kind);
    } else {
      return fmt::format("the form has no counterpart of the verdict '{}'", verdict);
    }
    for (std::string_view key : kDecidingKeys) {
      if (rule.Find(key) != nullptr) return fmt::format("the form has no counterpart of '{}'", key);
    }
    if (TextOf(&rule, "mode") == "test") return "it is in test mode";
    if (candidate.model != nullptr && candidate.model->Find("if_seen") != nullptr)
      return "its model learns behind another one ('if_seen')";
    if (ReadsRaw(rule) || (candidate.model != nullptr && ReadsRaw(*candidate.model)))
      return "it reads the raw record";
    const std::vector<std::string> types = EventsOf(candidate);
    for (const std::string& name : types) {
      const Schema::EventType* type = library_.schema.FindEventType(name);
      if (type == nullptr || IsOnlyOne(*type)) continue;
      for (EventTypeId id = 0; id < library_.schema.event_type_count(); ++id) {
        const Schema::EventType& other = library_.schema.event_type(id);
        if (Means(name, other) && std::count(types.begin(), types.end(), other.name) == 0)
          return fmt::format("the form has no name for '{}' without '{}'", name, other.name);
      }
    }
    return {};
  }

  static std::vector<std::string> EventsOf(const Candidate& candidate) {
    std::vector<std::string> types = TextsOf(*candidate.rule, "events");
    if (types.empty() && candidate.model != nullptr) types = TextsOf(*candidate.model, "events");
    return types;
  }

  // Whether the name, as an activity type, stands for events of that type.
  static bool Means(const std::string& name, const Schema::EventType& type) {
    return type.activity_type == name || type.name == name ||
           std::find(type.also.begin(), type.also.end(), name) != type.also.end();
  }

  static bool ReadsRaw(const Node& node) {
    for (std::string_view key : {"when", "train_when", "scope", "value", "count_per"}) {
      if (TextOf(&node, key).find("raw.") != std::string::npos) return true;
    }
    return false;
  }

  void Simplified(const std::string& id, std::string text) {
    out_.simplified.push_back({id, std::move(text)});
  }

  void WriteRule(JsonWriter& json, const Candidate& candidate) {
    const Node& rule = *candidate.rule;
    const std::string id = TextOf(&rule, "id");
    json.BeginObject();
    json.Key("templateId").String(Exported(id));
    json.Key("name").String(Cut(TextOf(&rule, "title"), kMaxName));
    json.Key("description").String(Cut(TextOf(&rule, "description"), kMaxDescription));
    json.Key("detectionReason").String(Cut(TextOf(&rule, "reason"), kMaxReason));
    json.Key("type").String(kAnalyticsTypeNames[static_cast<size_t>(candidate.type)]);
    WriteEvents(json, candidate);
    WriteMitre(json, rule);
    WriteUseCases(json, rule);
    WriteGroup(json, candidate);
    WriteUnless(json, rule);
    if (candidate.type == AnalyticsType::kFact) {
      WriteFact(json, rule);
    } else {
      WriteLearning(json, candidate);
    }
    json.Key("score").Raw(TextOf(&rule, "score", "0"));
    const std::string level = TextOf(&rule, "level", "medium");
    json.Key("severity").String(level == "informational" ? "none" : level);
    for (std::string_view key : kLostKeys) {
      if (rule.Find(key) != nullptr) Simplified(id, fmt::format("'{}' is lost", key));
    }
    json.EndObject();
  }

  // Ids that are not the vendor's own begin with C_.
  static std::string Exported(const std::string& id) {
    return StartsWith(id, "C_") ? id : "C_" + id;
  }

  void WriteEvents(JsonWriter& json, const Candidate& candidate) {
    json.Key("applicableEvents").BeginArray();
    for (const std::string& name : EventsOf(candidate)) {
      const Schema::EventType* type = library_.schema.FindEventType(name);
      if (type == nullptr) continue;
      json.BeginObject();
      // The newer name where it means this event type alone, else the type's own.
      if (IsOnlyOne(*type)) {
        json.Key("activity_type").String(type->activity_type);
        json.Key("outcome").String(type->outcome);
      } else {
        json.Key("activity_type").String(type->name);
      }
      json.EndObject();
    }
    json.EndArray();
  }

  bool IsOnlyOne(const Schema::EventType& wanted) const {
    size_t same = 0;
    for (EventTypeId id = 0; id < library_.schema.event_type_count(); ++id) {
      const Schema::EventType& type = library_.schema.event_type(id);
      same += Means(wanted.activity_type, type) && type.outcome == wanted.outcome;
    }
    return same == 1;
  }

  void WriteMitre(JsonWriter& json, const Node& rule) {
    std::vector<const Tactic*> tactics;
    std::vector<std::pair<std::string, const Technique*>> techniques;
    for (const std::string& tag : TextsOf(rule, "tags")) {
      if (!StartsWith(tag, "attack.")) continue;
      const std::string name = tag.substr(7);
      if (const Technique* technique = attack_.Find(ToUpper(name))) {
        techniques.emplace_back(ToUpper(name), technique);
      } else if (const Tactic* tactic = attack_.FindTactic(name)) {
        tactics.push_back(tactic);
      }
    }
    json.Key("mitre").BeginArray();
    std::set<const Tactic*> used;
    for (const auto& [id, technique] : techniques) {
      // The rule's own tactics of this technique, or all that it has.
      std::vector<const Tactic*> own;
      for (const Tactic* tactic : tactics) {
        if (std::find(technique->tactics.begin(), technique->tactics.end(), tactic->id) !=
            technique->tactics.end())
          own.push_back(tactic);
      }
      if (own.empty()) {
        for (const std::string& tactic : technique->tactics)
          own.push_back(attack_.FindTactic(tactic));
      }
      for (const Tactic* tactic : own) {
        used.insert(tactic);
        json.BeginObject().Key("techniqueKey").String(id);
        json.Key("technique").String(attack_.FullName(id));
        if (tactic != nullptr)
          json.Key("tacticKey").String(tactic->id).Key("tactic").String(tactic->name);
        json.EndObject();
      }
    }
    for (const Tactic* tactic : tactics) {
      if (used.contains(tactic)) continue;
      json.BeginObject().Key("tacticKey").String(tactic->id);
      json.Key("tactic").String(tactic->name).EndObject();
    }
    json.EndArray();
  }

  void WriteUseCases(JsonWriter& json, const Node& rule) {
    json.Key("useCases").BeginArray();
    for (const std::string& name : TextsOf(rule, "use_cases")) {
      if (std::find(kAnalyticsUseCases.begin(), kAnalyticsUseCases.end(), name) !=
          kAnalyticsUseCases.end()) {
        json.String(name);
      } else {
        Simplified(TextOf(&rule, "id"), fmt::format("the form has no use case '{}'", name));
      }
    }
    json.EndArray();
  }

  // The family is the folder of the behaviour; a group stays in the family in which it was met
  // first.
  void WriteGroup(JsonWriter& json, const Candidate& candidate) {
    const std::string behaviour = TextOf(&candidate.file->root, "behaviour");
    const std::string group = TextOf(candidate.rule, "group", behaviour);
    const std::string& path = candidate.file->path;
    const size_t first = path.find('/');
    const size_t second = path.find('/', first + 1);
    const std::string folder =
        second == std::string::npos ? behaviour : path.substr(first + 1, second - first - 1);
    const auto [at, added] = families_.emplace(group, folder);
    json.Key("familyId").String(at->second).Key("ruleGroupId").String(group);
  }

  void WriteUnless(JsonWriter& json, const Node& rule) {
    const std::vector<std::string> unless = TextsOf(rule, "unless");
    if (unless.empty()) return;
    json.Key("scoreUnless").BeginArray();
    for (const std::string& id : unless) {
      if (exported_ids_.contains(id)) {
        json.String(Exported(id));
      } else {
        Simplified(TextOf(&rule, "id"),
                   fmt::format("does not yield to '{}', which cannot be expressed", id));
      }
    }
    json.EndArray();
  }

  void WriteFact(JsonWriter& json, const Node& rule) {
    const std::string id = TextOf(&rule, "id");
    const std::string value = TextOf(&rule, "value");
    json.Key("actOnCondition").String(TextOf(&rule, "when", "true"));
    // A value has to hold for the rule to fire; a null one does not.
    json.Key("value").String("true");
    if (!value.empty()) Simplified(id, "what a firing is about ('value') is lost");
    const Node* suppress = rule.Find("suppress");
    Nanoseconds time = ParseDuration(TextOf(suppress, "for", "5m")).value_or(Nanoseconds(0));
    std::string scope = TextOf(suppress, "by");
    if (suppress == nullptr) {
      time = Nanoseconds(kNanosPerMinute);
      scope = "EntityId('type: User && direction: Source')";
      Simplified(id, "is suppressed for a minute per user, because the form demands a suppression");
    }
    const Nanoseconds most(10 * kNanosPerMinute);
    if (time > most) Simplified(id, "is suppressed for 10 minutes, the longest that the form has");
    json.Key("suppressThreshold").String(DocumentDuration(std::min(time, most)));
    if (!scope.empty()) json.Key("suppressScope").String(scope);
  }

  void WriteLearning(JsonWriter& json, const Candidate& candidate) {
    const Node& rule = *candidate.rule;
    const Node& model = *candidate.model;
    const std::string scope = TextOf(&model, "scope");
    // The words that expressions do not know, but for the organisation and the peer group.
    json.Key("scopeValue")
        .String(scope == "org"          ? "'org'"
                : scope == "peer_group" ? scope
                                        : ScopeExpression(scope));
    if (candidate.type != AnalyticsType::kCount)
      json.Key("featureValue").String(TextOf(&model, "value"));
    json.Key("trainOnCondition").String(TextOf(&model, "train_when", "true"));
    json.Key("actOnCondition").String(TextOf(&rule, "when", "true"));
    json.Key("anomalyThreshold").String(DurationOf(model, "memory", "90d"));
    if (IsWindowType(candidate.type)) {
      if (model.Find("count_per") != nullptr)
        json.Key("countPer").String(TextOf(&model, "count_per"));
      json.Key("windowDuration").String(DurationOf(model, "window", "1d"));
      json.Key("windowPeriod").String(DurationOf(model, "period", "12h"));
      json.Key("logBase").String(TextOf(&model, "base", "2"));
      json.Key("minOrderOfMagnitude").Raw(TextOf(&model, "min_magnitude", "0"));
      json.Key("query").String("true");
    }
    WriteMaturity(json, rule, "maturity", "checkScopeMaturity", "14d");
    if (candidate.type == AnalyticsType::kProfiled &&
        TextOf(&rule, "value_maturity", "off") != "off")
      json.Key("checkFeatureMaturity").Bool(true);
    if (model.Find("min_training") != nullptr)
      json.Key("minTraining").String(DurationOf(model, "min_training", "14d"));
    if (model.Find("min_active_days") != nullptr)
      json.Key("minActiveDays").Raw(TextOf(&model, "min_active_days"));
    if (TextOf(&model, "case_sensitive") == "true") json.Key("caseSensitive").Bool(true);
    if (rule.Find("ladder") != nullptr) json.Key("ladder").String(TextOf(&rule, "ladder"));
    for (std::string_view key : {"max_values", "scale"}) {
      if (model.Find(key) != nullptr)
        Simplified(TextOf(&rule, "id"), fmt::format("'{}' of its model is lost", key));
    }
  }

  static std::string DurationOf(const Node& node, std::string_view key, std::string fallback) {
    const auto value = ParseDuration(TextOf(&node, key, std::move(fallback)));
    return DocumentDuration(value.value_or(Nanoseconds(kNanosPerDay)));
  }

  static void WriteMaturity(JsonWriter& json, const Node& rule, std::string_view key,
                            std::string_view flag, const std::string& fallback) {
    const std::string text = TextOf(&rule, key, fallback);
    json.Key(flag).Bool(text != "off");
    if (text != "off") json.Key("maturityThreshold").String(DurationOf(rule, key, fallback));
  }

  const ContentLibrary& library_;
  const AttackTable& attack_;
  std::map<std::string, const Node*> models_;
  std::set<std::string> exported_ids_;
  std::map<std::string, std::string> families_;
  AnalyticsExport out_;
};

}  // namespace

AnalyticsExport ExportAnalyticsRules(const ContentLibrary& library, const AttackTable& attack) {
  return Exporter(library, attack).Run();
}

void WriteAnalyticsRules(const AnalyticsExport& exported, OutputFolder& out) {
  for (size_t i = 0; i < exported.documents.size(); ++i)
    out.Add(fmt::format("analytics_rules/rules-{}.json", i + 1), exported.documents[i]);
  std::string notes = fmt::format(
      "# Analytics rules\n\n{} rules are in {} documents, {} are left out, because the form cannot "
      "express them.\n",
      exported.rules, exported.documents.size(), exported.left_out.size());
  const auto list = [&](std::string_view title, const std::vector<AnalyticsExport::Note>& all) {
    if (all.empty()) return;
    notes += fmt::format("\n## {}\n\n", title);
    for (const AnalyticsExport::Note& note : all)
      notes += fmt::format("* `{}`: {}\n", note.rule, note.text);
  };
  list("Left out", exported.left_out);
  list("Simplified", exported.simplified);
  out.Add("analytics_rules/notes.md", notes);
}

}  // namespace vedette
