#include "model/model_spec.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/text.h"

#include <fmt/format.h>

namespace vedette {
namespace {

const std::vector<std::string_view> kKindNames = {
    "profile",         "categorical", "clustered",    "window_count",
    "window_distinct", "window_sum",  "time_of_week", "top"};

struct ScopeWord {
  std::string_view word;
  std::string_view expression;
};
constexpr ScopeWord kScopeWords[] = {
    {"org", "'org'"},
    {"user", "user_entity"},
    {"asset", "asset_entity"},
    {"peer_group", "peer_group"},
    {"zone", "first(src_zone, dest_zone)"},
    {"src_device", "src_device_entity"},
    {"dest_device", "dest_device_entity"},
    {"dest_user", "dest_user_entity"},
};

// A share such as 0.1 in millionths.
uint64_t Millionths(MapReader& map, std::string_view key, double fallback, Diagnostics& faults) {
  const double share = map.Decimal(key, fallback);
  if (!(share >= 0 && share <= 1)) {
    faults.Error(map.PlaceOf(key), "content-range",
                 fmt::format("'{}' must lie between 0 and 1", key));
    return static_cast<uint64_t>(std::llround(fallback * 1e6));
  }
  return static_cast<uint64_t>(std::llround(share * 1e6));
}

void ReadConvergence(MapReader& map, ModelSpec& spec, double percentile, Diagnostics& faults) {
  const double alpha = map.Decimal("alpha", 1);
  if (!(alpha > 0 && alpha <= 10)) {
    faults.Error(map.PlaceOf("alpha"), "content-range", "'alpha' must lie between 0 and 10");
  } else {
    spec.convergence.alpha_percent = static_cast<uint32_t>(std::lround(alpha * 100));
  }
  spec.convergence.least_points = static_cast<uint64_t>(map.Int("cutoff", 10, 0, 1'000'000));
  spec.convergence.threshold_ppm =
      static_cast<uint32_t>(Millionths(map, "convergence", 0.8, faults));
  spec.percentile_ppm = Millionths(map, "percentile", percentile, faults);
}

void ReadWindow(MapReader& map, ModelSpec& spec, Compiler& compiler, Diagnostics& faults) {
  spec.window = map.Duration("window", spec.window);
  spec.period = map.Duration("period", spec.period);
  spec.base_text = map.Text("base", "2");
  spec.min_magnitude = static_cast<int>(map.Int("min_magnitude", 0, 0, 62));
  spec.count_per = CompileKey(map, "count_per", compiler, faults);
  spec.scale = static_cast<int>(map.Int("scale", 0, 0, 6));
  if (spec.period.count() <= 0 || spec.window < spec.period || spec.window / spec.period > 1000) {
    faults.Error(map.PlaceOf("window"), "model-window",
                 "the window must be at least one period long and at most a thousand");
    spec.window = spec.period = Nanoseconds(kNanosPerDay);
  }
}

// Keys that only some kinds have.
void ReadKindKeys(MapReader& map, ModelSpec& spec, Compiler& compiler, Diagnostics& faults) {
  switch (spec.kind) {
    case ModelKind::kProfile:
      break;
    case ModelKind::kCategorical:
      ReadConvergence(map, spec, 0.1, faults);
      spec.halve_every_days = map.Duration("halve_every", Nanoseconds(0)).count() / kNanosPerDay;
      break;
    case ModelKind::kClustered:
      ReadConvergence(map, spec, 0.1, faults);
      spec.bin_width = map.Int("bin_width", 5, 1);
      spec.scale = static_cast<int>(map.Int("scale", 0, 0, 6));
      spec.aggregate = static_cast<Aggregate>(map.Word("aggregate", {"event", "session_sum"}, 0));
      break;
    case ModelKind::kWindowCount:
    case ModelKind::kWindowDistinct:
    case ModelKind::kWindowSum:
      ReadWindow(map, spec, compiler, faults);
      break;
    case ModelKind::kTimeOfWeek:
      ReadConvergence(map, spec, 0.05, faults);
      break;
    case ModelKind::kTop:
      spec.rank_by_percentile = map.Word("rank", {"share", "percentile"}, 0) == 1;
      break;
  }
}

bool NeedsValue(ModelKind kind) {
  return kind != ModelKind::kWindowCount && kind != ModelKind::kTimeOfWeek;
}

// A size such as 200MB; 0 when there is none.
uint64_t ReadSize(MapReader& map, std::string_view key, Diagnostics& faults) {
  if (!map.Has(key)) return 0;
  const std::optional<uint64_t> bytes = ParseSize(map.Text(key));
  if (!bytes || *bytes == 0) {
    faults.Error(map.PlaceOf(key), "content-type",
                 fmt::format("'{}' must be a size such as 200MB", key));
  }
  return bytes.value_or(0);
}

// A text with each run of blanks as one: how an expression is broken into lines does not matter.
std::string WithoutLayout(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

Hash128 MemoryHash(const ModelSpec& spec, const Node& node, const Schema& schema) {
  Hasher hasher(0x6d656d6f7279);
  const auto text_of = [&](std::string_view key) {
    const Node* found = node.Find(key);
    return found == nullptr ? std::string() : WithoutLayout(found->scalar);
  };
  const auto number = [&](int64_t n) { hasher.Add(static_cast<uint64_t>(n)); };
  hasher.Add(ModelKindName(spec.kind));
  number(static_cast<int64_t>(spec.events.size()));
  // In order of name: numbers of event types change with the vocabulary.
  std::vector<std::string> events;
  for (EventTypeId type : spec.events) events.push_back(schema.event_type(type).name);
  std::sort(events.begin(), events.end());
  for (const std::string& event : events) hasher.Add(event);
  hasher.Add(WithoutLayout(spec.scope_text)).Add(WithoutLayout(spec.value_text));
  hasher.Add(text_of("train_when")).Add(text_of("count_per")).Add(spec.if_seen);
  number(spec.case_sensitive);
  number(spec.memory.count());
  number(spec.halve_every_days);
  if (spec.kind == ModelKind::kClustered) number(spec.bin_width);
  number(spec.scale);
  number(static_cast<int64_t>(spec.aggregate));
  number(spec.window.count());
  number(spec.period.count());
  hasher.Add(spec.base_text);
  return hasher.Finish();
}

}  // namespace

std::string_view ModelKindName(ModelKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

std::optional<ModelKind> FindModelKind(std::string_view name) {
  const auto at = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (at == kKindNames.end()) return std::nullopt;
  return static_cast<ModelKind>(at - kKindNames.begin());
}

std::string ScopeExpression(std::string_view text) {
  for (const ScopeWord& word : kScopeWords) {
    if (word.word == text) return std::string(word.expression);
  }
  return std::string(text);
}

ExprId CompileKey(MapReader& map, std::string_view key, Compiler& compiler, Diagnostics& faults) {
  const Node* node = map.Get(key);
  if (node == nullptr) return kNoExpr;
  if (!node->is_scalar()) {
    faults.Error(node->place, "content-type",
                 fmt::format("'{}' must be an expression, not {}", key, node->KindName()));
    return kNoExpr;
  }
  return compiler.Compile(node->scalar, node->places(), faults).value_or(kNoExpr);
}

std::vector<EventTypeId> ReadEventTypes(const Node& node, const Schema& schema,
                                        Diagnostics& faults) {
  std::vector<EventTypeId> types;
  auto add = [&](const Node& item) {
    const Schema::EventType* type = item.is_scalar() ? schema.FindEventType(item.scalar) : nullptr;
    if (type == nullptr) {
      faults.Error(item.place, "unknown-event-type",
                   fmt::format("there is no event type '{}'", item.scalar),
                   DidYouMean(item.scalar, schema.EventTypeNames()));
    } else {
      types.push_back(type->id);
    }
  };
  if (node.is_list()) {
    for (const Node& item : node.items) add(item);
  } else {
    add(node);
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  return types;
}

std::optional<ModelSpec> ReadModelSpec(const Node& node, const Schema& schema, Compiler& compiler,
                                       Diagnostics& faults) {
  MapReader map(node, "model", faults);
  if (!node.is_map()) return std::nullopt;
  ModelSpec spec;
  spec.place = node.place;
  spec.id = map.RequiredText("id");
  spec.title = map.RequiredText("title");
  map.Required("kind");
  spec.kind = static_cast<ModelKind>(map.Word("kind", kKindNames, 0));
  if (const Node* events = map.Required("events"))
    spec.events = ReadEventTypes(*events, schema, faults);

  spec.scope_text = map.RequiredText("scope");
  spec.scope_is_peer_group = spec.scope_text == "peer_group";
  spec.scope_is_user = spec.scope_text == "user";
  spec.scope_is_org = spec.scope_text == "org" || spec.scope_text == "'org'";
  if (const Node* scope = map.Get("scope"); scope != nullptr && !spec.scope_text.empty()) {
    const std::string expression = ScopeExpression(spec.scope_text);
    const TextPlaces places =
        expression == spec.scope_text ? scope->places() : TextPlaces(scope->place);
    spec.scope = compiler.Compile(expression, places, faults).value_or(kNoExpr);
  }
  const std::string_view value_key = spec.kind == ModelKind::kTop ? "member" : "value";
  spec.value = CompileKey(map, value_key, compiler, faults);
  spec.value_text = map.Text(value_key);
  if (NeedsValue(spec.kind) && spec.value_text.empty()) map.Required(value_key);
  spec.train_when = CompileKey(map, "train_when", compiler, faults);
  spec.if_seen = map.Text("if_seen");

  spec.case_sensitive = map.Bool("case_sensitive", false);
  spec.memory = map.Duration("memory", spec.memory);
  spec.min_training = map.Duration("min_training", spec.min_training);
  spec.min_active_days = static_cast<uint32_t>(map.Int("min_active_days", 0, 0, 3650));
  spec.max_values = static_cast<uint32_t>(map.Int("max_values", spec.max_values, 1, 1'000'000'000));
  spec.max_memory = ReadSize(map, "max_memory", faults);
  ReadKindKeys(map, spec, compiler, faults);
  map.Finish();
  spec.memory_hash = MemoryHash(spec, node, schema);

  if (spec.id.empty() || spec.events.empty() || spec.scope == kNoExpr ||
      (NeedsValue(spec.kind) && spec.value == kNoExpr)) {
    return std::nullopt;
  }
  return spec;
}

}  // namespace vedette
