#include "engine/behaviour_tests.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/text.h"

namespace vedette {
namespace {

struct TimedEvent {
  Timestamp time;
  const Node* fields = nullptr;
  std::vector<std::pair<std::string, std::string>> values;  // set on top of `fields`
  const Node* step = nullptr;                               // null: history
};

// Reads "09:00-17:00" as minutes of the day.
bool ParseHours(std::string_view text, int* from, int* to) {
  const auto minutes = [](std::string_view clock) -> std::optional<int> {
    const size_t colon = clock.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto h = ParseInt(clock.substr(0, colon));
    const auto m = ParseInt(clock.substr(colon + 1));
    if (!h || !m || *h < 0 || *h > 24 || *m < 0 || *m > 59) return std::nullopt;
    return static_cast<int>(*h * 60 + *m);
  };
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto a = minutes(text.substr(0, dash));
  const auto b = minutes(text.substr(dash + 1));
  if (!a || !b || *a >= *b) return false;
  *from = *a;
  *to = *b;
  return true;
}

// The days of a span of history: start, number and kind of days, hours.
struct Span {
  std::vector<int64_t> days;
  int from_minute = 9 * 60;
  int to_minute = 17 * 60;

  // The k-th of n instants spread evenly over all hours of all days.
  Timestamp Spread(size_t k, size_t n) const {
    const auto minutes_a_day = static_cast<int64_t>(to_minute - from_minute);
    const int64_t total = minutes_a_day * 60 * static_cast<int64_t>(days.size());
    const int64_t second = total * static_cast<int64_t>(2 * k + 1) / static_cast<int64_t>(2 * n);
    const int64_t day = second / (minutes_a_day * 60);
    return {days[static_cast<size_t>(day)] * kNanosPerDay + from_minute * kNanosPerMinute +
            (second % (minutes_a_day * 60)) * kNanosPerSecond};
  }
};

// Makes a test file's events from its nodes.
class Script {
 public:
  explicit Script(Diagnostics& faults) : faults_(faults) {}

  void AddHistory(const Node& node) {
    MapReader map(node, "history", faults_);
    const Span span = ReadSpan(map);
    const Node* event = map.Required("event");
    const Node* values = map.Get("values");
    const int64_t per_day = map.Int("per_day", values == nullptr ? 1 : 0, 0, 100'000);
    map.Finish();
    if (event == nullptr || span.days.empty()) return;
    if (values != nullptr) AddValues(*values, *event, span);
    const size_t count = static_cast<size_t>(per_day) * span.days.size();
    for (size_t k = 0; k < count; ++k)
      events_.push_back({span.Spread(k, count), event, {}, nullptr});
  }

  void AddStep(const Node& node) {
    const Node* at = node.Find("at");
    const Node* event = node.Find("event");
    const auto time = at == nullptr ? std::nullopt : ParseIso8601(at->scalar);
    if (!time || event == nullptr || !event->is_map()) {
      faults_.Error(node.place, "test-step", "a step needs 'at' (a time) and 'event' (a map)");
      return;
    }
    events_.push_back({*time, event, {}, &node});
  }

  std::vector<TimedEvent> Take() {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const TimedEvent& a, const TimedEvent& b) { return a.time < b.time; });
    return std::move(events_);
  }

 private:
  Span ReadSpan(MapReader& map) {
    Span span;
    const auto start = ParseIso8601(map.RequiredText("start"));
    if (!start)
      faults_.Error(map.PlaceOf("start"), "test-start",
                    "'start' must be a date such as 2026-01-05");
    const int64_t days = map.Int("days", 1, 1, 3650);
    const size_t on = map.Word("on", {"daily", "weekdays", "weekends"}, 0);
    if (map.Has("hours") && !ParseHours(map.Text("hours"), &span.from_minute, &span.to_minute)) {
      faults_.Error(map.PlaceOf("hours"), "test-hours", "'hours' must look like 09:00-17:00");
    }
    for (int64_t day = start.value_or(Timestamp{}).days(), end = day + days; day < end; ++day) {
      const bool weekend = (day + 3) % 7 >= 5;
      if (on == 0 || (on == 1) != weekend) span.days.push_back(day);
    }
    return span;
  }

  // Each value as often as it says, evenly over the span; several fields run side by side.
  void AddValues(const Node& values, const Node& event, const Span& span) {
    std::vector<std::vector<std::pair<Timestamp, std::pair<std::string, std::string>>>> columns;
    for (const auto& [field, counts] : values.pairs) {
      std::vector<std::pair<Timestamp, std::pair<std::string, std::string>>> column;
      for (const auto& [value, count] : counts.pairs) {
        const auto n = ParseInt(count.scalar);
        if (!n || *n < 0 || *n > 1'000'000) {
          faults_.Error(count.place, "test-count",
                        "how often a value occurs must be a whole number");
          continue;
        }
        for (int64_t k = 0; k < *n; ++k) {
          column.push_back(
              {span.Spread(static_cast<size_t>(k), static_cast<size_t>(*n)), {field, value}});
        }
      }
      std::stable_sort(column.begin(), column.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      columns.push_back(std::move(column));
    }
    size_t rows = 0;
    for (const auto& column : columns) rows = std::max(rows, column.size());
    for (size_t row = 0; row < rows; ++row) {
      TimedEvent timed{{}, &event, {}, nullptr};
      for (const auto& column : columns) {
        if (column.empty()) continue;
        const auto& cell = column[row % column.size()];
        if (timed.time.ns == 0) timed.time = cell.first;
        timed.values.push_back(cell.second);
      }
      if (columns.size() > 1) timed.time = span.Spread(row, rows);
      events_.push_back(std::move(timed));
    }
  }

  Diagnostics& faults_;
  std::vector<TimedEvent> events_;
};

// Fills events from the maps of a test.
class EventMaker {
 public:
  EventMaker(Schema schema, const RawNames& raw_names, Diagnostics& faults)
      : schema_(std::move(schema)), raw_names_(raw_names), faults_(faults) {}

  const Schema& schema() const { return schema_; }

  Event* Make(const TimedEvent& timed, uint64_t number, Batch& batch) {
    Event* event = batch.Add();
    event->time = timed.time;
    event->id = Hasher(1).Add(number).Add(static_cast<uint64_t>(timed.time.ns)).Finish();
    std::string vendor = "Test";
    std::string product = "Test";
    std::vector<Event::RawEntry> raw;
    const auto set = [&](const std::string& key, const Node& value) {
      if (key == "type") {
        SetType(*event, value);
      } else if (key == "vendor") {
        vendor = value.scalar;
      } else if (key == "product") {
        product = value.scalar;
      } else if (StartsWith(key, "raw.")) {
        AddRaw(key.substr(4), value, batch.arena, raw);
      } else {
        SetField(*event, key, value, batch.arena);
      }
    };
    for (const auto& [key, value] : timed.fields->pairs) set(key, value);
    for (const auto& [key, text] : timed.values) {
      Node value;
      value.kind = Node::Kind::kScalar;
      value.scalar = text;
      value.place = timed.fields->place;
      set(key, value);
    }
    event->product = schema_.InternProduct(vendor, product);
    std::sort(raw.begin(), raw.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    Event::RawEntry* entries = batch.arena.Array<Event::RawEntry>(raw.size());
    std::copy(raw.begin(), raw.end(), entries);
    event->SetRaw(entries, static_cast<uint16_t>(raw.size()));
    return event->type == kNoEventType ? nullptr : event;
  }

 private:
  void SetType(Event& event, const Node& value) {
    const Schema::EventType* type = schema_.FindEventType(value.scalar);
    if (type != nullptr) {
      event.type = type->id;
    } else {
      Once(value.place, "unknown-event-type",
           fmt::format("there is no event type '{}'", value.scalar),
           DidYouMean(value.scalar, schema_.EventTypeNames()));
    }
  }

  void AddRaw(std::string_view path, const Node& value, Arena& arena,
              std::vector<Event::RawEntry>& raw) {
    for (RawId id = 0; id < raw_names_.size(); ++id) {
      if (raw_names_.path(id) == path) raw.push_back({id, Value::String(arena.Copy(value.scalar))});
    }
  }

  void SetField(Event& event, const std::string& name, const Node& node, Arena& arena) {
    const Schema::Field* field = schema_.FindField(name);
    if (field == nullptr) {
      Once(node.place, "unknown-field", fmt::format("there is no field '{}'", name),
           DidYouMean(name, schema_.FieldNames()));
      return;
    }
    Value value;
    if (field->type == FieldType::kList) {
      value = MakeList(node, arena);
    } else if (!node.is_null()) {
      value = MakeScalar(*field, node, arena);
    }
    event.Set(arena, field->id, value);
  }

  Value MakeList(const Node& node, Arena& arena) {
    const size_t count = node.is_list() ? node.items.size() : 1;
    Value* items = arena.Array<Value>(count);
    for (size_t i = 0; i < count; ++i) {
      items[i] = Value::String(arena.Copy(node.is_list() ? node.items[i].scalar : node.scalar));
    }
    return Value::List(items, static_cast<uint32_t>(count));
  }

  Value MakeScalar(const Schema::Field& field, const Node& node, Arena& arena) {
    switch (field.type) {
      case FieldType::kInteger:
        if (const auto n = ParseInt(node.scalar)) return Value::Int(*n);
        break;
      case FieldType::kDecimal:
        if (const auto n = ParseDouble(node.scalar)) return Value::Double(*n);
        break;
      case FieldType::kBoolean:
        if (node.scalar == "true" || node.scalar == "false")
          return Value::Bool(node.scalar == "true");
        break;
      case FieldType::kTime:
        if (const auto t = ParseIso8601(node.scalar)) return Value::Time(*t);
        break;
      case FieldType::kIp:
        return Value::Ip(arena.Copy(node.scalar));
      default:
        return Value::String(arena.Copy(node.scalar));
    }
    Once(node.place, "test-value",
         fmt::format("'{}' is no {} for the field '{}'", node.scalar, FieldTypeName(field.type),
                     field.name));
    return {};
  }

  // A history repeats its map many times; each fault is told once.
  void Once(const Place& place, std::string_view code, std::string message, std::string hint = {}) {
    if (told_.insert(place.ToString() + message).second)
      faults_.Error(place, code, std::move(message), std::move(hint));
  }

  Schema schema_;
  const RawNames& raw_names_;
  Diagnostics& faults_;
  std::set<std::string> told_;
};

// One test file against the rules of the behaviour beside it.
class TestFile {
 public:
  TestFile(const ContentLibrary& library, const RawNames& raw_names, const RuleSet& rules,
           const Program& program, const MakeTestWorld& make_world, BehaviourTestReport& report,
           Diagnostics& faults)
      : rules_(rules),
        program_(program),
        make_world_(make_world),
        report_(report),
        faults_(faults),
        maker_(library.schema, raw_names, faults) {}

  void Run(const ContentFile& file, const Behaviour& behaviour) {
    own_.insert(behaviour.rules.begin(), behaviour.rules.end());
    MapReader map(file.root, "test file", faults_);
    std::map<std::string, std::string> tables;
    Place tables_place{file.path};
    if (const Node* context = map.Get("context")) {
      tables_place = context->place;
      for (const auto& [name, text] : context->pairs) tables[name] = text.scalar;
    }
    const Node* tests = map.Required("tests");
    map.Finish();
    if (tests == nullptr) return;
    for (const Node& test : tests->items) {
      std::unique_ptr<TestWorld> world = make_world_(tables, tables_place, faults_);
      if (world == nullptr) return;
      const size_t before = faults_.errors();
      RunTest(test, *world);
      ++report_.tests;
      if (faults_.errors() > before) ++report_.failed;
    }
  }

 private:
  void RunTest(const Node& node, TestWorld& world) {
    MapReader map(node, "test", faults_);
    name_ = map.RequiredText("name");
    evasion_ = map.Bool("evasion", false);
    Script script(faults_);
    if (const Node* history = map.Get("history")) {
      for (const Node& item : history->items) script.AddHistory(item);
    }
    if (const Node* events = map.Required("events")) {
      for (const Node& item : events->items) script.AddStep(item);
    }
    map.Finish();

    std::map<uint32_t, Outcome> outcomes;
    Judge::Options options;
    options.observer = [&](const Event&, uint32_t rule, const Outcome& outcome) {
      outcomes[rule] = outcome;
    };
    Judge judge(maker_.schema(), rules_, program_, world.lookups(), options);
    Batch batch;
    uint64_t number = 0;
    for (const TimedEvent& timed : script.Take()) {
      batch.Clear();
      Event* event = maker_.Make(timed, ++number, batch);
      if (event == nullptr) continue;
      world.Enrich(*event, batch.arena);
      outcomes.clear();
      std::vector<Detection> detections;
      judge.Process(batch.events, detections);
      ++report_.events;
      if (timed.step != nullptr) CheckStep(*timed.step, event->type, detections, outcomes);
    }
  }

  int FindRule(const std::string& id, const Place& place) {
    const int rule = rules_.FindRule(id);
    if (rule < 0) {
      std::vector<std::string_view> names;
      for (const RuleSpec& spec : rules_.rules()) names.push_back(spec.id);
      faults_.Error(place, "unknown-rule", fmt::format("there is no rule '{}'", id),
                    DidYouMean(id, names));
    }
    return rule;
  }

  void CheckStep(const Node& step, EventTypeId type, const std::vector<Detection>& detections,
                 const std::map<uint32_t, Outcome>& outcomes) {
    MapReader map(step, "step", faults_);
    map.Required("at");
    map.Required("event");
    const Node* expect = map.Get("expect");
    const Node* reasons = map.Get("reason");
    const Node* gates = map.Get("gate");
    map.Finish();
    if (expect == nullptr && gates == nullptr) {
      faults_.Error(step.place, "test-step", "a step needs 'expect' or 'gate'");
    }
    std::set<uint32_t> fired;
    for (const Detection& d : detections) {
      if (own_.contains(d.rule)) fired.insert(d.rule);
    }
    if (expect != nullptr) CheckFired(*expect, map.Texts("expect"), fired, outcomes);
    if (reasons != nullptr) CheckReasons(*reasons, detections);
    if (gates != nullptr) CheckGates(*gates, fired, outcomes);
    for (uint32_t rule : own_) Cover(rule, type, fired, gates);
  }

  void CheckFired(const Node& node, const std::vector<std::string>& ids,
                  const std::set<uint32_t>& fired, const std::map<uint32_t, Outcome>& outcomes) {
    std::set<uint32_t> expected;
    for (const std::string& id : ids) {
      const int rule = FindRule(id, node.place);
      if (rule < 0) continue;
      expected.insert(static_cast<uint32_t>(rule));
      if (!fired.contains(static_cast<uint32_t>(rule))) {
        faults_.Error(node.place, "test-quiet",
                      fmt::format("{}: {} did not fire: {}", name_, id,
                                  WhyNot(static_cast<uint32_t>(rule), outcomes)));
      }
    }
    for (uint32_t rule : fired) {
      if (!expected.contains(rule)) {
        faults_.Error(node.place, "test-fired",
                      fmt::format("{}: {} fired", name_, rules_.rules()[rule].id));
      }
    }
  }

  static std::string WhyNot(uint32_t rule, const std::map<uint32_t, Outcome>& outcomes) {
    const auto found = outcomes.find(rule);
    if (found == outcomes.end()) return "its condition does not hold";
    switch (found->second.kind) {
      case OutcomeKind::kNotActing:
        return "its condition does not hold";
      case OutcomeKind::kNoScope:
        return "the event has no scope or no value for its model";
      case OutcomeKind::kNotMatched:
        return "its model does not find it unusual";
      case OutcomeKind::kHeldBack:
        return "held back by " + GateNames(found->second.gates);
      case OutcomeKind::kFired:
        return "it fired in test mode";
    }
    return {};
  }

  static std::string GateNames(uint32_t gates) {
    std::string names;
    for (int bit = 0; bit < kGateCount; ++bit) {
      if (((gates >> bit) & 1) == 0) continue;
      if (!names.empty()) names += ", ";
      names += GateName(bit);
    }
    return names;
  }

  void CheckReasons(const Node& reasons, const std::vector<Detection>& detections) {
    for (const auto& [id, text] : reasons.pairs) {
      const int rule = FindRule(id, text.place);
      for (const Detection& d : detections) {
        if (static_cast<int>(d.rule) == rule && d.reason != text.scalar) {
          faults_.Error(
              text.place, "test-reason",
              fmt::format("{}: {} says '{}', not '{}'", name_, id, d.reason, text.scalar));
        }
      }
    }
  }

  void CheckGates(const Node& gates, const std::set<uint32_t>& fired,
                  const std::map<uint32_t, Outcome>& outcomes) {
    for (const auto& [id, gate] : gates.pairs) {
      const int rule = FindRule(id, gate.place);
      if (rule < 0) continue;
      int bit = 0;
      while (bit < kGateCount && GateName(bit) != gate.scalar) ++bit;
      if (bit == kGateCount) {
        std::vector<std::string_view> names;
        for (int i = 0; i < kGateCount; ++i) names.push_back(GateName(i));
        faults_.Error(gate.place, "unknown-gate", fmt::format("there is no gate '{}'", gate.scalar),
                      DidYouMean(gate.scalar, names));
        continue;
      }
      const auto found = outcomes.find(static_cast<uint32_t>(rule));
      const bool closed = found != outcomes.end() && ((found->second.gates >> bit) & 1) != 0;
      if (closed && !fired.contains(static_cast<uint32_t>(rule))) continue;
      const std::string why = fired.contains(static_cast<uint32_t>(rule))
                                  ? "it fired"
                                  : WhyNot(static_cast<uint32_t>(rule), outcomes);
      faults_.Error(gate.place, "test-gate",
                    fmt::format("{}: the gate {} of {} is not what is closed: {}", name_,
                                gate.scalar, id, why));
    }
  }

  void Cover(uint32_t rule, EventTypeId type, const std::set<uint32_t>& fired, const Node* gates) {
    const RuleSpec& spec = rules_.rules()[rule];
    const std::vector<EventTypeId> fed = rules_.FedBy(spec.events);
    const bool of_its_type = std::binary_search(fed.begin(), fed.end(), type) ||
                             std::binary_search(spec.events.begin(), spec.events.end(), type);
    RuleCoverage& coverage = report_.coverage[rule];
    if (gates != nullptr && gates->Find(spec.id) != nullptr) {
      ++coverage.gate;
    } else if (fired.contains(rule)) {
      ++coverage.firing;
      coverage.evasion += evasion_;
    } else if (of_its_type) {
      ++coverage.quiet;
    }
  }

  const RuleSet& rules_;
  const Program& program_;
  const MakeTestWorld& make_world_;
  BehaviourTestReport& report_;
  Diagnostics& faults_;
  EventMaker maker_;
  std::set<uint32_t> own_;
  std::string name_;
  bool evasion_ = false;
};

}  // namespace

BehaviourTestReport RunBehaviourTests(const ContentLibrary& library, const RawNames& raw_names,
                                      const RuleSet& rules, const Program& program,
                                      const MakeTestWorld& make_world, Diagnostics& faults) {
  BehaviourTestReport report;
  report.coverage.resize(rules.rules().size());
  std::map<std::string, const Behaviour*> behaviours;
  for (const Behaviour& behaviour : rules.behaviours()) behaviours[behaviour.file] = &behaviour;
  for (const ContentFile& file : library.rule_tests) {
    const std::string beside =
        file.imported
            ? file.path
            : file.path.substr(0, file.path.size() - std::string_view(".test.yaml").size()) +
                  ".yaml";
    const auto found = behaviours.find(beside);
    if (found == behaviours.end()) {
      faults.Error({file.path}, "test-without-behaviour",
                   fmt::format("there is no behaviour file {} beside it", beside));
      continue;
    }
    TestFile(library, raw_names, rules, program, make_world, report, faults)
        .Run(file, *found->second);
  }
  return report;
}

bool ReadsCommandLine(const Schema& schema, const Program& program, const RuleSpec& rule) {
  const Schema::Field* field = schema.FindField("process_command_line");
  if (rule.verdict != Verdict::kFact || rule.when == kNoExpr || field == nullptr) return false;
  std::vector<FieldId> fields;
  std::vector<RawId> raw;
  program.ReadBy(rule.when, &fields, &raw);
  return std::binary_search(fields.begin(), fields.end(), field->id);
}

void CheckCoverage(const Schema& schema, const Program& program, const RuleSet& rules,
                   const BehaviourTestReport& report, Diagnostics& faults) {
  for (size_t i = 0; i < rules.rules().size(); ++i) {
    const RuleSpec& rule = rules.rules()[i];
    if (rule.imported) continue;  // its tests are its author's affair
    const RuleCoverage& coverage = report.coverage[i];
    const bool needs_gate = rule.learns() && rule.verdict != Verdict::kSeenBefore;
    std::string lacks;
    if (coverage.firing == 0) lacks += " firing";
    if (coverage.quiet == 0) lacks += " quiet";
    if (needs_gate && coverage.gate == 0) lacks += " gate";
    if (coverage.evasion == 0 && ReadsCommandLine(schema, program, rule)) lacks += " evasion";
    if (!lacks.empty()) {
      faults.Error(rule.place, "rule-untested",
                   fmt::format("the rule '{}' has no test case of these kinds:{}", rule.id, lacks));
    }
  }
}

}  // namespace vedette
