#include "sigma/cases.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "core/time.h"
#include "sigma/correlator.h"
#include "sigma/json_view.h"
#include "sigma/leaf.h"

namespace vedette::sigma {
namespace {

std::string_view TextAt(const JsonValue& request, std::string_view key) {
  const JsonValue* value = request.Find(key);
  return value != nullptr && value->is_text() ? std::string_view(value->text) : std::string_view();
}

// The id of a case as it came, as far as it is a text or a number.
std::string IdOf(const JsonValue& request) {
  const JsonValue* id = request.Find("id");
  std::string out;
  JsonWriter json(out);
  if (id == nullptr || id->kind == JsonValue::Kind::kNull) return "null";
  if (id->kind == JsonValue::Kind::kInt) return std::to_string(id->integer);
  if (id->kind == JsonValue::Kind::kDouble) return fmt::format("{}", id->decimal);
  json.String(id->text);
  return out;
}

LoadOptions OptionsOf(const JsonValue& request) {
  LoadOptions options;
  const JsonValue* vars = request.Find("vars");
  if (vars == nullptr) return options;
  std::string scratch;
  for (const auto& [name, values] : vars->members) {
    std::vector<std::string>& to = options.placeholders[name];
    const auto add = [&](const JsonValue& value) {
      if (const auto text = LeafText(value.ToValue(), scratch)) to.emplace_back(*text);
    };
    if (values.kind == JsonValue::Kind::kList) {
      for (const JsonValue& value : values.items) add(value);
    } else {
      add(values);
    }
  }
  return options;
}

std::optional<Timestamp> TimeOf(const JsonValue& event) {
  const JsonValue* time = event.Find("_time");
  if (time == nullptr) return {};
  if (time->is_text()) return ParseIso8601(time->text);
  if (time->kind == JsonValue::Kind::kInt && std::abs(time->integer) < 9'000'000'000)
    return Timestamp{time->integer * kNanosPerSecond};
  return {};
}

std::optional<RuleIndex> FindByTitle(const Collection& rules, std::string_view title) {
  for (RuleIndex i = 0; i < rules.rules().size(); ++i) {
    if (rules.rules()[i].meta.title == title) return i;
  }
  return {};
}

std::string_view Truth(bool value) { return value ? "true" : "false"; }

}  // namespace

CaseAnswer CaseRunner::Answer(std::string_view line) {
  CaseAnswer answer;
  std::string id = "null";
  std::optional<std::string> result;
  const auto request = JsonValue::Read(line);
  if (!request || request->kind != JsonValue::Kind::kObject) {
    answer.faults = "the line is not a JSON object\n";
  } else {
    id = IdOf(*request);
    result = Result(*request, answer.faults);
  }
  answer.json = fmt::format(R"({{"id":{},"result":{}}})", id, result.value_or("\"error\""));
  return answer;
}

std::optional<std::string> CaseRunner::Result(const JsonValue& request, std::string& faults) {
  const std::string_view rule = TextAt(request, "rule");
  const std::string_view rule_id = TextAt(request, "rule_id");
  if (rule.empty() && rule_id.empty()) {
    if (request.Find("logsource") != nullptr && request.Find("event") != nullptr)
      return ByLogSource(request);
    faults = "the case has neither 'rule' nor 'rule_id' nor 'logsource'\n";
    return {};
  }
  if (!rule_id.empty()) {
    const auto index = loaded_.FindRule(rule_id);
    if (index) return Single(loaded_, *index, request, faults);
    faults = fmt::format("there is no rule '{}'\n", rule_id);
    return {};
  }
  Diagnostics diagnostics;
  const Collection rules =
      Collection::Load({{"rule", std::string(rule)}}, OptionsOf(request), diagnostics);
  faults = diagnostics.Render();
  const std::string_view target = TextAt(request, "target");
  if (const JsonValue* events = request.Find("events"))
    return Stream(rules, *events, target, faults);
  const auto index = target.empty()
                         ? (rules.rules().empty() ? std::nullopt : std::optional<RuleIndex>(0))
                         : FindByTitle(rules, target);
  if (!index || (target.empty() && rules.counts().refused > 0)) return {};
  return Single(rules, *index, request, faults);
}

std::optional<std::string> CaseRunner::Single(const Collection& rules, RuleIndex rule,
                                              const JsonValue& request, std::string& faults) {
  const Matcher matcher(rules, {rule});
  std::vector<RuleIndex> matched;
  std::unique_ptr<View> view;
  if (const JsonValue* row = request.Find("row")) {
    if (raw_views_) view = raw_views_(rules.fields(), TextAt(request, "table"), *row);
    if (view == nullptr) {
      faults += fmt::format("there is no table '{}'\n", TextAt(request, "table"));
      return {};
    }
  } else if (const JsonValue* event = request.Find("event")) {
    view = std::make_unique<JsonView>(rules.fields(), *event);
  } else {
    faults += "the case has no 'event'\n";
    return {};
  }
  matcher.Match(*view, scratch_, matched);
  return std::string(Truth(!matched.empty()));
}

std::optional<std::string> CaseRunner::ByLogSource(const JsonValue& request) {
  const JsonValue& source = *request.Find("logsource");
  const LogSource wanted{std::string(TextAt(source, "category")),
                         std::string(TextAt(source, "product")),
                         std::string(TextAt(source, "service"))};
  std::unique_ptr<Matcher>& matcher = matchers_[wanted];
  if (matcher == nullptr) {
    std::vector<RuleIndex> which;
    for (RuleIndex i = 0; i < loaded_.rules().size(); ++i) {
      if (loaded_.rules()[i].logsource == wanted && loaded_.rules()[i].meta.active())
        which.push_back(i);
    }
    matcher = std::make_unique<Matcher>(loaded_, which);
  }
  JsonView view(loaded_.fields(), *request.Find("event"));
  std::vector<RuleIndex> matched;
  matcher->Match(view, scratch_, matched);
  std::vector<std::string> ids;
  for (RuleIndex rule : matched) ids.push_back(loaded_.rules()[rule].meta.id);
  std::sort(ids.begin(), ids.end());
  std::string out;
  JsonWriter json(out);
  json.BeginArray();
  for (const std::string& id : ids) json.String(id);
  json.EndArray();
  return out;
}

std::optional<std::string> CaseRunner::Stream(const Collection& rules, const JsonValue& events,
                                              std::string_view target, std::string& faults) {
  std::optional<uint32_t> correlation;
  for (uint32_t i = 0; i < rules.correlations().size(); ++i) {
    if (rules.correlations()[i].meta.title == target) correlation = i;
  }
  if (!correlation) {
    faults += fmt::format("there is no correlation '{}'\n", target);
    return {};
  }
  struct Item {
    Timestamp time;
    size_t index = 0;
  };
  std::vector<Item> order;
  for (size_t i = 0; i < events.items.size(); ++i) {
    const auto time = TimeOf(events.items[i]);
    if (!time) {
      faults += fmt::format("event {} has no readable '_time'\n", i);
      return {};
    }
    order.push_back({*time, i});
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Item& a, const Item& b) { return a.time < b.time; });

  std::vector<RuleIndex> all;
  for (RuleIndex i = 0; i < rules.rules().size(); ++i) all.push_back(i);
  const Matcher matcher(rules, all);
  Correlator correlator(rules, {});
  std::optional<size_t> first;
  std::set<std::string> groups;
  std::vector<CorrelationFiring> firings;
  std::vector<RuleIndex> matched;
  for (const Item& item : order) {
    JsonView view(rules.fields(), events.items[item.index]);
    matcher.Match(view, scratch_, matched);
    firings.clear();
    correlator.AdvanceTo(item.time, firings);
    correlator.OnMatches(matched, item.time, view, firings);
    for (const CorrelationFiring& firing : firings) {
      if (firing.correlation != *correlation) continue;
      if (!first) first = item.index;
      groups.insert(fmt::format("{}", fmt::join(firing.group, "|")));
    }
  }
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Key("first");
  if (first) {
    json.UInt(*first);
  } else {
    json.Null();
  }
  json.Key("groups").BeginArray();
  for (const std::string& group : groups) json.String(group);
  json.EndArray().EndObject();
  return out;
}

}  // namespace vedette::sigma
