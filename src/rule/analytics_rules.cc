#include "rule/analytics_rules.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "content/json.h"
#include "core/text.h"
#include "rule/analytics_types.h"

namespace vedette {
namespace {

// Whether a type must have a key, may have it, or has no use for it; in the order of AnalyticsType.
struct KeyRow {
  std::string_view key;
  std::string_view use;  // M, o or - by type
};
constexpr KeyRow kKeyRows[] = {
    {"value", "MM----"},
    {"suppressThreshold", "M-----"},
    {"suppressScope", "o-----"},
    {"scopeValue", "-oMMMM"},
    {"featureValue", "--M-MM"},
    {"anomalyThreshold", "-oMMMM"},
    {"checkScopeMaturity", "--oooo"},
    {"maturityThreshold", "--oooo"},
    {"checkFeatureMaturity", "--o---"},
    {"countPer", "---ooo"},
    {"windowDuration", "---MMM"},
    {"windowPeriod", "---MMM"},
    {"logBase", "---MMM"},
    {"minOrderOfMagnitude", "---oMM"},
    {"query", "-o-MMM"},
    {"trainOnCondition", "ooMMMM"},
    {"actOnCondition", "ooMMMM"},
};

// The range that the form documents for a span of time; outside it is worth a warning.
struct RangeRow {
  std::string_view key;
  AnalyticsType type;
  std::string_view least, most;
};
constexpr RangeRow kRanges[] = {
    {"anomalyThreshold", AnalyticsType::kProfiled, "30d", "365d"},
    {"anomalyThreshold", AnalyticsType::kCount, "90d", "365d"},
    {"anomalyThreshold", AnalyticsType::kDistinctCount, "90d", "120d"},
    {"anomalyThreshold", AnalyticsType::kSum, "30d", "120d"},
    {"windowDuration", AnalyticsType::kCount, "1d", "90d"},
    {"windowDuration", AnalyticsType::kDistinctCount, "1h", "1d"},
    {"windowPeriod", AnalyticsType::kCount, "12h", "45d"},
    {"windowPeriod", AnalyticsType::kDistinctCount, "30m", "12h"},
    {"windowPeriod", AnalyticsType::kSum, "12h", "45d"},
    {"suppressThreshold", AnalyticsType::kFact, "1m", "10m"},
};

// Points by severity, for documents that name no score.
struct SeverityRow {
  std::string_view severity, level, score;
};
constexpr SeverityRow kSeverities[] = {{"none", "informational", "0"},
                                       {"low", "low", "5"},
                                       {"medium", "medium", "10"},
                                       {"high", "high", "20"},
                                       {"critical", "critical", "40"}};

// Building the behaviour that a document becomes.

Node Scalar(std::string text, const Place& place) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.place = place;
  node.scalar = std::move(text);
  node.quoted = true;
  return node;
}

Node List(const std::vector<std::string>& texts, const Place& place) {
  Node node;
  node.kind = Node::Kind::kList;
  node.place = place;
  for (const std::string& text : texts) node.items.push_back(Scalar(text, place));
  return node;
}

class MapBuilder {
 public:
  explicit MapBuilder(const Place& place) {
    node_.kind = Node::Kind::kMap;
    node_.place = place;
  }
  void Add(std::string key, Node value) {
    node_.key_places.push_back(value.place);
    node_.pairs.push_back({std::move(key), std::move(value)});
  }
  void Add(std::string key, std::string text, const Place& place) {
    Add(std::move(key), Scalar(std::move(text), place));
  }
  Node Take() { return std::move(node_); }

 private:
  Node node_;
};

// What makes two models one: everything but their names and places.
void AppendShape(const Node& node, std::string& out) {
  out += node.scalar;
  for (const auto& [key, value] : node.pairs) {
    if (key == "id" || key == "title") continue;
    out += '{' + key + ':';
    AppendShape(value, out);
    out += '}';
  }
  for (const Node& item : node.items) {
    out += '[';
    AppendShape(item, out);
    out += ']';
  }
}

std::string QuoteText(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Conditions joined by `word`; those that always hold are left out.
std::string Join(const std::vector<std::string>& conditions, std::string_view word) {
  std::vector<std::string> kept;
  for (const std::string& condition : conditions) {
    if (!condition.empty() && !EqualsIgnoreCase(Trim(condition), "true"))
      kept.push_back("(" + condition + ")");
  }
  return fmt::format("{}", fmt::join(kept, fmt::format(" {} ", word)));
}

bool ContainsIgnoreCase(const std::vector<std::string>& texts, std::string_view text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& t) { return EqualsIgnoreCase(t, text); });
}

class DocumentReader {
 public:
  DocumentReader(const Node& document, const std::string& name, const AttackTable& attack,
                 ContentLibrary& library, Compiler& compiler, Diagnostics& faults)
      : document_(document),
        name_(name),
        attack_(attack),
        library_(library),
        compiler_(compiler),
        faults_(faults) {}

  size_t Read();

 private:
  friend class RuleReader;

  const Node& document_;
  const std::string& name_;
  const AttackTable& attack_;
  ContentLibrary& library_;
  Compiler& compiler_;
  Diagnostics& faults_;
  std::vector<Node> models_, rules_, tests_;
  std::map<std::string, std::string> model_by_shape_;
  std::map<std::string, std::string> family_of_group_;
};

// One rule of a document.
class RuleReader {
 public:
  RuleReader(const Node& node, DocumentReader& document)
      : node_(node),
        map_(node, "rule", document.faults_),
        doc_(document),
        faults_(document.faults_) {}

  void Read();

 private:
  // A condition or value of the document, checked where it stands; empty when it is absent.
  std::string Expression(std::string_view key);
  // The value under the first of two spellings that is there.
  const Node* Either(std::string_view key, std::string_view other);
  std::string Duration(std::string_view key);
  bool Flag(std::string_view key);
  void CheckKeys();
  void CheckLength(std::string_view key, size_t most, bool refuse);
  void CheckRange(std::string_view key, const Place& place, Nanoseconds value);

  void ReadEvents(MapBuilder& model, MapBuilder& rule);
  bool ReadEventFilter(const Node& filter, std::vector<std::string>* types,
                       std::vector<std::string>* conditions);
  std::vector<std::string> TypesOf(const Node& filter, MapReader& keys);
  void ReadMitre(MapBuilder& rule);
  void ReadUseCases(MapBuilder& rule);
  void ReadGroup(MapBuilder& rule);
  void ReadScore(MapBuilder& rule);
  void ReadFact(MapBuilder& rule);
  void ReadModel(MapBuilder& model, MapBuilder& rule);
  void ReadWindow(MapBuilder& model);
  void ReadMaturity(MapBuilder& rule);
  void ReadOurs(MapBuilder& model, MapBuilder& rule);
  std::string ShareModel(Node model);

  const Node& node_;
  MapReader map_;
  DocumentReader& doc_;
  Diagnostics& faults_;
  AnalyticsType type_ = AnalyticsType::kFact;
  std::string id_;
  std::string filter_;  // of the events, as far as their types do not say it
};

std::string RuleReader::Expression(std::string_view key) {
  const Node* node = map_.Get(key);
  if (node == nullptr) return {};
  if (!node->is_scalar()) {
    faults_.Error(node->place, "content-type",
                  fmt::format("'{}' must be an expression, not {}", key, node->KindName()));
    return {};
  }
  // Warnings are told when the behaviour is read; here only what refuses the rule.
  Diagnostics told;
  doc_.compiler_.Compile(node->scalar, node->place, told);
  for (const Diagnostic& d : told.all()) {
    if (d.severity == Severity::kError) faults_.Error(d.place, d.code, d.message, d.hint);
  }
  return node->scalar;
}

const Node* RuleReader::Either(std::string_view key, std::string_view other) {
  const Node* first = map_.Get(key);
  const Node* second = map_.Get(other);
  if (first != nullptr && second != nullptr) {
    faults_.Error(second->place, "analytics-both-spellings",
                  fmt::format("'{}' and '{}' mean the same; keep one", key, other));
  }
  return first != nullptr ? first : second;
}

bool RuleReader::Flag(std::string_view key) { return map_.Bool(key, false); }

void RuleReader::CheckRange(std::string_view key, const Place& place, Nanoseconds value) {
  for (const RangeRow& row : kRanges) {
    if (row.key != key || row.type != type_) continue;
    if (value < *ParseDuration(row.least) || value > *ParseDuration(row.most)) {
      faults_.Warning(
          place, "analytics-range",
          fmt::format("'{}' of a {} is documented as {} to {}", key,
                      kAnalyticsTypeNames[static_cast<size_t>(type_)], row.least, row.most));
    }
  }
}

// In our spelling; empty when it is absent or broken.
std::string RuleReader::Duration(std::string_view key) {
  const Node* node = map_.Get(key);
  if (node == nullptr) return {};
  const auto value = node->is_scalar() ? ParseDocumentDuration(node->scalar) : std::nullopt;
  if (!value || value->count() <= 0) {
    faults_.Error(
        node->place, "content-type",
        fmt::format("'{}' must be a span of time such as 90d, not '{}'", key, node->scalar),
        "a number with its unit: 5m, 12h, 90d, \"90 days\"");
    return {};
  }
  if (*value > Nanoseconds(730 * kNanosPerDay)) {
    faults_.Error(node->place, "content-range", fmt::format("'{}' is longer than 730 days", key));
    return {};
  }
  CheckRange(key, node->place, *value);
  return fmt::format("{}s", value->count() / kNanosPerSecond);
}

// Keys that the type must have, and keys that say nothing about it.
void RuleReader::CheckKeys() {
  for (const KeyRow& row : kKeyRows) {
    const char use = row.use[static_cast<size_t>(type_)];
    if (use == 'M') map_.Required(row.key);
    if (use == '-' && map_.Get(row.key) != nullptr) {
      faults_.Warning(map_.PlaceOf(row.key), "analytics-unused-key",
                      fmt::format("a {} has no use for '{}'",
                                  kAnalyticsTypeNames[static_cast<size_t>(type_)], row.key));
    }
  }
}

void RuleReader::CheckLength(std::string_view key, size_t most, bool refuse) {
  const std::string text = map_.Text(key);
  const auto characters = static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  if (characters <= most) return;
  const std::string message =
      fmt::format("'{}' has {} characters, {} are allowed", key, characters, most);
  if (refuse) {
    faults_.Error(map_.PlaceOf(key), "analytics-length", message);
  } else {
    faults_.Warning(map_.PlaceOf(key), "analytics-length", message);
  }
}

// The event types that one object of applicableEvents lets through.
std::vector<std::string> RuleReader::TypesOf(const Node& filter, MapReader& keys) {
  const std::vector<std::string> wanted = keys.Texts("activity_type");
  const std::vector<std::string> subjects = keys.Texts("subject");
  const std::vector<std::string> activities = keys.Texts("activity");
  const std::vector<std::string> outcomes = keys.Texts("outcome");
  const Schema& schema = doc_.library_.schema;
  std::set<std::string> known_names;
  std::vector<std::string> types;
  for (EventTypeId id = 0; id < schema.event_type_count(); ++id) {
    const Schema::EventType& type = schema.event_type(id);
    std::vector<std::string> names = type.also;
    names.insert(names.end(), {type.name, type.activity_type});
    known_names.insert(names.begin(), names.end());
    const bool named =
        wanted.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return ContainsIgnoreCase(wanted, name);
        });
    const bool fits = (subjects.empty() || ContainsIgnoreCase(subjects, type.subject)) &&
                      (activities.empty() || ContainsIgnoreCase(activities, type.activity)) &&
                      (outcomes.empty() || ContainsIgnoreCase(outcomes, type.outcome));
    if (named && fits) types.push_back(type.name);
  }
  bool all_known = true;
  for (const std::string& name : wanted) {
    if (known_names.contains(ToLower(name))) continue;
    all_known = false;
    const std::vector<std::string_view> near(known_names.begin(), known_names.end());
    faults_.Error(keys.PlaceOf("activity_type"), "unknown-activity-type",
                  fmt::format("there is no activity type '{}'", name), DidYouMean(name, near));
  }
  if (types.empty() && all_known) {
    faults_.Error(filter.place, "analytics-no-events",
                  "no event type fits this filter, so the rule could never act");
  }
  return types;
}

bool RuleReader::ReadEventFilter(const Node& filter, std::vector<std::string>* types,
                                 std::vector<std::string>* conditions) {
  MapReader keys(filter, "filter of events", faults_);
  if (!filter.is_map()) return false;
  const std::vector<std::string> own = TypesOf(filter, keys);
  std::vector<std::string> parts;
  const auto any_of = [&](std::string_view key, std::string_view form) {
    std::vector<std::string> tests;
    for (const std::string& text : keys.Texts(key))
      tests.push_back(fmt::format(fmt::runtime(form), QuoteText(ToLower(text))));
    parts.push_back(Join(tests, "||"));
  };
  any_of("vendor", "toLower(vendor) = {}");
  any_of("product", "toLower(product) = {}");
  // Few records name their operating system; those that do not are let through.
  any_of("platform", "os = null || contains(toLower(os), {})");
  if (keys.Get("landscape") != nullptr) {
    faults_.Error(keys.PlaceOf("landscape"), "analytics-landscape",
                  "events have no 'landscape' here, so this filter cannot be answered",
                  "say it by vendor, product or a condition");
  }
  keys.Finish();
  types->insert(types->end(), own.begin(), own.end());
  std::vector<std::string> names;
  for (const std::string& type : own) names.push_back(QuoteText(type));
  const std::string rest = Join(parts, "&&");
  conditions->push_back(
      rest.empty() ? "" : fmt::format("in(event_type, {}) && {}", fmt::join(names, ", "), rest));
  return !rest.empty();
}

void RuleReader::ReadEvents(MapBuilder& model, MapBuilder& rule) {
  const Node* events = Either("applicableEvents", "applicable_events");
  if (events == nullptr) {
    faults_.Error(node_.place, "content-missing-key", "this rule has no 'applicableEvents'");
    return;
  }
  std::vector<std::string> types, conditions;
  bool filters = false;
  if (events->is_list()) {
    for (const Node& item : events->items) filters |= ReadEventFilter(item, &types, &conditions);
  } else {
    filters = ReadEventFilter(*events, &types, &conditions);
  }
  if (types.empty() && events->is_list() && events->items.empty())
    faults_.Error(events->place, "analytics-no-events", "'applicableEvents' is empty");
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  model.Add("events", List(types, events->place));
  rule.Add("events", List(types, events->place));
  if (!filters) return;
  // An object that tells no more than its types lets all of those through.
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (!conditions[i].empty()) continue;
    std::vector<std::string> own, unused;
    Diagnostics told_before;
    MapReader keys(events->items[i], "filter of events", told_before);
    for (const std::string& type : TypesOf(events->items[i], keys)) own.push_back(QuoteText(type));
    conditions[i] = fmt::format("in(event_type, {})", fmt::join(own, ", "));
  }
  filter_ = Join(conditions, "||");
}

void RuleReader::ReadMitre(MapBuilder& rule) {
  const Node* mitre = map_.Get("mitre");
  if (mitre == nullptr) return;
  std::vector<std::string> tags;
  const auto add = [&](std::string tag) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(std::move(tag));
  };
  std::vector<const Node*> entries;
  if (mitre->is_list()) {
    for (const Node& item : mitre->items) entries.push_back(&item);
  } else {
    entries.push_back(mitre);
  }
  for (const Node* entry : entries) {
    MapReader keys(*entry, "technique", faults_);
    if (!entry->is_map()) continue;
    const std::string id = keys.Text("techniqueKey");
    const std::string name = keys.Text("technique");
    const std::string tactic_id = keys.Text("tacticKey");
    const std::string tactic_name = keys.Text("tactic");
    keys.Finish();
    if (!id.empty()) add("attack." + ToLower(id));
    const Technique* technique = doc_.attack_.Find(id);
    if (!id.empty() && technique == nullptr) {
      faults_.Error(keys.PlaceOf("techniqueKey"), "unknown-technique",
                    fmt::format("ATT&CK has no technique '{}'", id),
                    DidYouMean(id, doc_.attack_.TechniqueIds()));
    }
    // Documents name a sub-technique with or without its parent.
    if (technique != nullptr && !name.empty() && !EqualsIgnoreCase(name, technique->name) &&
        !EqualsIgnoreCase(name, doc_.attack_.FullName(id))) {
      faults_.Error(
          keys.PlaceOf("technique"), "analytics-technique-name",
          fmt::format("{} is '{}' in ATT&CK, not '{}'", id, doc_.attack_.FullName(id), name));
    }
    const Tactic* tactic = tactic_id.empty() ? nullptr : doc_.attack_.FindTactic(tactic_id);
    if (!tactic_id.empty() && tactic == nullptr) {
      faults_.Error(keys.PlaceOf("tacticKey"), "unknown-tactic",
                    fmt::format("ATT&CK has no tactic '{}'", tactic_id));
    }
    if (tactic == nullptr) continue;
    add("attack." + tactic->short_name);
    if (!tactic_name.empty() && !EqualsIgnoreCase(tactic_name, tactic->name)) {
      faults_.Error(
          keys.PlaceOf("tactic"), "analytics-tactic-name",
          fmt::format("{} is '{}' in ATT&CK, not '{}'", tactic_id, tactic->name, tactic_name));
    }
    const bool agrees =
        technique == nullptr || std::find(technique->tactics.begin(), technique->tactics.end(),
                                          tactic->id) != technique->tactics.end();
    if (!agrees) {
      faults_.Error(keys.PlaceOf("tacticKey"), "analytics-technique-tactic",
                    fmt::format("{} does not serve the tactic {}", id, tactic->name));
    }
  }
  rule.Add("tags", List(tags, mitre->place));
}

void RuleReader::ReadUseCases(MapBuilder& rule) {
  const Node* node = Either("useCases", "useCase");
  if (node == nullptr) return;
  std::map<std::string, std::string> names;  // lower case -> ours
  for (std::string_view name : kAnalyticsUseCases) names[ToLower(name)] = std::string(name);
  Diagnostics ignored;  // use cases are checked where they are read
  for (const ContentFile& file : doc_.library_.use_cases) {
    MapReader keys(file.root, "use case", ignored);
    const std::string name = keys.Text("name");
    names[ToLower(name)] = name;
    for (const std::string& former : keys.Texts("x-former_names")) names[ToLower(former)] = name;
  }
  std::vector<std::string> texts;
  std::vector<std::pair<std::string, Place>> written;
  if (node->is_scalar()) written.emplace_back(node->scalar, node->place);
  for (const Node& item : node->items) written.emplace_back(item.scalar, item.place);
  for (const auto& [text, place] : written) {
    const auto known = names.find(ToLower(text));
    if (known != names.end()) {
      texts.push_back(known->second);
      continue;
    }
    std::vector<std::string_view> near;
    for (const auto& [lower, name] : names) near.push_back(name);
    faults_.Error(place, "unknown-use-case", fmt::format("there is no use case '{}'", text),
                  DidYouMean(text, near));
  }
  rule.Add("use_cases", List(texts, node->place));
}

// A group belongs to one family; points are counted by group.
void RuleReader::ReadGroup(MapBuilder& rule) {
  const std::string family = map_.Text("familyId");
  const std::string group = map_.Text("ruleGroupId");
  if (!group.empty()) {
    const auto [at, added] = doc_.family_of_group_.emplace(group, family);
    if (!added && at->second != family) {
      faults_.Error(map_.PlaceOf("ruleGroupId"), "analytics-group-family",
                    fmt::format("the group '{}' stands in the families '{}' and '{}'", group,
                                at->second, family));
    }
  }
  const std::string& name = group.empty() ? family : group;
  if (!name.empty())
    rule.Add("group", name, map_.PlaceOf(group.empty() ? "familyId" : "ruleGroupId"));
}

void RuleReader::ReadScore(MapBuilder& rule) {
  std::vector<std::string_view> words;
  for (const SeverityRow& row : kSeverities) words.push_back(row.severity);
  const std::string severity = ToLower(map_.Text("severity", "medium"));
  const auto row = std::find_if(std::begin(kSeverities), std::end(kSeverities),
                                [&](const SeverityRow& r) { return r.severity == severity; });
  if (row == std::end(kSeverities)) {
    faults_.Error(map_.PlaceOf("severity"), "content-word",
                  fmt::format("'severity' cannot be '{}'", severity),
                  fmt::format("one of: {}", fmt::join(words, ", ")));
    return;
  }
  rule.Add("level", std::string(row->level), node_.place);
  const bool scored = type_ != AnalyticsType::kContext;
  rule.Add("score", map_.Text("score", scored ? row->score : "0"), map_.PlaceOf("score"));
}

void RuleReader::ReadFact(MapBuilder& rule) {
  const std::string value = Expression("value");
  const Place& at = node_.place;
  std::vector<std::string> when = {filter_, Expression("actOnCondition")};
  rule.Add("verdict", "fact", at);
  if (type_ == AnalyticsType::kFact) {
    when.push_back(value);
    // A constant says nothing about what fired.
    if (!EqualsIgnoreCase(Trim(value), "true")) rule.Add("value", value, map_.PlaceOf("value"));
    MapBuilder suppress(map_.PlaceOf("suppressThreshold"));
    suppress.Add("for", Duration("suppressThreshold"), map_.PlaceOf("suppressThreshold"));
    const std::string scope = Expression("suppressScope");
    if (!scope.empty())
      suppress.Add("by", ToLower(scope) == "org" ? "'org'" : scope, map_.PlaceOf("suppressScope"));
    rule.Add("suppress", suppress.Take());
  } else {
    // A label joins the day of whom it is about once.
    when.push_back(fmt::format("exists({})", value));
    rule.Add("value", value, map_.PlaceOf("value"));
    MapBuilder suppress(at);
    suppress.Add("for", "1d", at);
    suppress.Add("by",
                 fmt::format("concat(first(user_entity, asset_entity), '|', toString({}))", value),
                 map_.PlaceOf("value"));
    rule.Add("suppress", suppress.Take());
  }
  Expression("trainOnCondition");
  for (std::string_view unused : {"scopeValue", "query"}) Expression(unused);
  Duration("anomalyThreshold");
  const std::string joined = Join(when, "&&");
  if (!joined.empty()) rule.Add("when", joined, map_.PlaceOf("value"));
}

void RuleReader::ReadWindow(MapBuilder& model) {
  for (const auto& [theirs, ours] :
       {std::pair{"windowDuration", "window"}, std::pair{"windowPeriod", "period"}}) {
    const std::string duration = Duration(theirs);
    if (!duration.empty()) model.Add(ours, duration, map_.PlaceOf(theirs));
  }
  const std::string base = map_.Text("logBase");
  if (!base.empty()) model.Add("base", base, map_.PlaceOf("logBase"));
  const int64_t magnitude = map_.Int("minOrderOfMagnitude", 0, 0, 62);
  model.Add("min_magnitude", std::to_string(magnitude), map_.PlaceOf("minOrderOfMagnitude"));
  const std::string per = Expression("countPer");
  if (!per.empty()) model.Add("count_per", per, map_.PlaceOf("countPer"));
}

void RuleReader::ReadMaturity(MapBuilder& rule) {
  const std::string threshold = Duration("maturityThreshold");
  const auto add = [&](std::string_view flag, std::string key) {
    const bool on = Flag(flag);
    rule.Add(std::move(key),
             !on                 ? "off"
             : threshold.empty() ? "14d"
                                 : threshold,
             map_.PlaceOf(flag));
  };
  add("checkScopeMaturity", "maturity");
  if (type_ == AnalyticsType::kProfiled) add("checkFeatureMaturity", "value_maturity");
}

void RuleReader::ReadModel(MapBuilder& model, MapBuilder& rule) {
  const Place& at = node_.place;
  static constexpr std::string_view kKinds[] = {"profile", "window_count", "window_distinct",
                                                "window_sum"};
  model.Add("id", id_, map_.PlaceOf("templateId"));
  model.Add("title", map_.Text("name"), map_.PlaceOf("name"));
  model.Add("kind", std::string(kKinds[static_cast<size_t>(type_) - 2]), at);
  const Node* scope = map_.Get("scopeValue");
  const bool org = scope != nullptr && scope->is_scalar() && EqualsIgnoreCase(scope->scalar, "org");
  const std::string scope_text = org ? "org" : Expression("scopeValue");
  const std::string feature = Expression("featureValue");
  if (!scope_text.empty()) model.Add("scope", scope_text, map_.PlaceOf("scopeValue"));
  if (!feature.empty() && type_ != AnalyticsType::kCount)
    model.Add("value", feature, map_.PlaceOf("featureValue"));
  if (!scope_text.empty() && scope_text == feature) {
    faults_.Error(map_.PlaceOf("featureValue"), "analytics-scope-is-feature",
                  "'scopeValue' and 'featureValue' must be different");
  }
  const std::string query = IsWindowType(type_) ? Expression("query") : std::string();
  const std::string train = Join({filter_, query, Expression("trainOnCondition")}, "&&");
  if (!train.empty()) model.Add("train_when", train, map_.PlaceOf("trainOnCondition"));
  const std::string act = Join({filter_, query, Expression("actOnCondition")}, "&&");
  if (!act.empty()) rule.Add("when", act, map_.PlaceOf("actOnCondition"));
  const std::string memory = Duration("anomalyThreshold");
  if (!memory.empty()) model.Add("memory", memory, map_.PlaceOf("anomalyThreshold"));
  if (IsWindowType(type_)) ReadWindow(model);
  rule.Add("verdict", IsWindowType(type_) ? "magnitude" : "first", at);
  ReadMaturity(rule);
}

// Keys that the form does not have and this engine adds.
void RuleReader::ReadOurs(MapBuilder& model, MapBuilder& rule) {
  const std::string training = Duration("minTraining");
  if (!training.empty()) model.Add("min_training", training, map_.PlaceOf("minTraining"));
  if (map_.Has("minActiveDays"))
    model.Add("min_active_days", map_.Text("minActiveDays"), map_.PlaceOf("minActiveDays"));
  if (Flag("caseSensitive")) model.Add("case_sensitive", "true", map_.PlaceOf("caseSensitive"));
  if (map_.Has("ladder")) rule.Add("ladder", map_.Text("ladder"), map_.PlaceOf("ladder"));
  if (map_.Has("references"))
    rule.Add("references", List(map_.Texts("references"), map_.PlaceOf("references")));
  if (map_.Int("trainUnlessTriggered", 0, 0) > 0) {
    faults_.Warning(map_.PlaceOf("trainUnlessTriggered"), "analytics-unsupported",
                    "'trainUnlessTriggered' is not supported: the rule trains on every event");
  }
  map_.Text("owner");
  map_.Texts("explain");  // a detection carries every field of its event
  if (const Node* tests = map_.Get("tests"))
    doc_.tests_.insert(doc_.tests_.end(), tests->items.begin(), tests->items.end());
}

// Rules that would learn the same share one model; gives its id.
std::string RuleReader::ShareModel(Node model) {
  std::string shape;
  AppendShape(model, shape);
  const auto [at, added] = doc_.model_by_shape_.emplace(shape, id_);
  if (added) doc_.models_.push_back(std::move(model));
  return at->second;
}

void RuleReader::Read() {
  if (!node_.is_map()) return;
  const size_t before = faults_.errors();
  id_ = map_.RequiredText("templateId");
  map_.Required("type");
  type_ = static_cast<AnalyticsType>(
      map_.Word("type", {kAnalyticsTypeNames.begin(), kAnalyticsTypeNames.end()}, 0));
  CheckKeys();
  CheckLength("templateId", kMaxTemplateId, true);
  CheckLength("name", kMaxName, false);
  CheckLength("description", kMaxDescription, false);
  CheckLength("detectionReason", kMaxReason, false);

  MapBuilder model(node_.place), rule(node_.place);
  rule.Add("id", id_, map_.PlaceOf("templateId"));
  for (const auto& [theirs, ours] :
       {std::pair{"name", "title"}, std::pair{"description", "description"},
        std::pair{"detectionReason", "reason"}}) {
    rule.Add(ours, map_.RequiredText(theirs), map_.PlaceOf(theirs));
  }
  ReadEvents(model, rule);
  ReadMitre(rule);
  ReadUseCases(rule);
  ReadGroup(rule);
  ReadScore(rule);
  if (map_.Has("scoreUnless"))
    rule.Add("unless", List(map_.Texts("scoreUnless"), map_.PlaceOf("scoreUnless")));
  ReadOurs(model, rule);
  if (LearnsAnything(type_)) {
    ReadModel(model, rule);
  } else {
    ReadFact(rule);
  }
  map_.Finish();
  if (faults_.errors() > before) return;
  if (LearnsAnything(type_)) rule.Add("model", ShareModel(model.Take()), node_.place);
  doc_.rules_.push_back(rule.Take());
}

size_t DocumentReader::Read() {
  MapReader map(document_, "rule document", faults_);
  if (!document_.is_map()) return 0;
  const std::string version = map.Text("version", "1");
  if (version != "1") {
    faults_.Warning(map.PlaceOf("version"), "analytics-version",
                    fmt::format("the form has version 1, this document '{}'", version));
  }
  const Node* definitions = map.Required("ruleDefinitions");
  map.Finish();
  if (definitions == nullptr) return 0;
  if (!definitions->is_list()) {
    faults_.Error(definitions->place, "content-type", "'ruleDefinitions' must be a list");
    return 0;
  }
  if (definitions->items.size() > kMaxRulesPerDocument) {
    faults_.Warning(definitions->place, "analytics-size",
                    fmt::format("{} rules in one document, the form allows {}",
                                definitions->items.size(), kMaxRulesPerDocument));
  }
  for (const Node& item : definitions->items) RuleReader(item, *this).Read();
  if (rules_.empty()) return 0;

  const auto list = [&](std::vector<Node> items) {
    Node node;
    node.kind = Node::Kind::kList;
    node.place = document_.place;
    node.items = std::move(items);
    return node;
  };
  const size_t count = rules_.size();
  MapBuilder behaviour(document_.place);
  behaviour.Add("behaviour", std::filesystem::path(name_).stem().string(), document_.place);
  behaviour.Add("about", fmt::format("Rules of {}.", name_), document_.place);
  if (!models_.empty()) behaviour.Add("models", list(std::move(models_)));
  behaviour.Add("rules", list(std::move(rules_)));
  library_.rules.push_back({name_, behaviour.Take(), true});
  if (!tests_.empty()) {
    MapBuilder tests(document_.place);
    tests.Add("tests", list(std::move(tests_)));
    library_.rule_tests.push_back({name_, tests.Take(), true});
  }
  return count;
}

}  // namespace

std::optional<Nanoseconds> ParseDocumentDuration(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (!IsSpace(c)) compact += ToLowerAscii(c);
  }
  // ISO 8601: P90D, PT12H. Minutes come behind the T, and months have no fixed length.
  if (StartsWith(compact, "p")) {
    const size_t time = compact.find('t');
    std::string plain = compact.substr(1);
    if (time == std::string::npos && plain.find('m') != std::string::npos) return std::nullopt;
    plain.erase(std::remove(plain.begin(), plain.end(), 't'), plain.end());
    return ParseDuration(plain);
  }
  struct Unit {
    std::string_view word, unit;
  };
  static constexpr Unit kUnits[] = {{"seconds", "s"}, {"second", "s"}, {"minutes", "m"},
                                    {"minute", "m"},  {"min", "m"},    {"hours", "h"},
                                    {"hour", "h"},    {"days", "d"},   {"day", "d"}};
  for (const Unit& unit : kUnits) {
    if (!EndsWith(compact, unit.word)) continue;
    return ParseDuration(compact.substr(0, compact.size() - unit.word.size()) +
                         std::string(unit.unit));
  }
  return ParseDuration(compact);
}

size_t AddAnalyticsRules(const Node& document, const std::string& name, const AttackTable& attack,
                         ContentLibrary& library, Compiler& compiler, Diagnostics& faults) {
  return DocumentReader(document, name, attack, library, compiler, faults).Read();
}

size_t AddAnalyticsRules(const std::string& path, const AttackTable& attack,
                         ContentLibrary& library, Compiler& compiler, Diagnostics& faults) {
  const Result<Node> document = LoadJson(path, path);
  if (!document) {
    faults.Error(document.error().place, document.error().code, document.error().message);
    return 0;
  }
  return AddAnalyticsRules(*document, path, attack, library, compiler, faults);
}

}  // namespace vedette
