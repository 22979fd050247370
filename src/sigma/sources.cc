#include "sigma/sources.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/text.h"
#include "model/model_spec.h"

namespace vedette::sigma {
namespace {

// Pairs of a map, or of a list of lists with two texts each.
std::vector<std::pair<std::string, std::string>> ReadPairs(const Node& node, Diagnostics& faults) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [key, value] : node.pairs) pairs.emplace_back(ToLower(key), value.scalar);
  for (const Node& item : node.items) {
    if (item.items.size() == 2 && item.items[0].is_scalar() && !item.items[0].scalar.empty()) {
      pairs.emplace_back(ToLower(item.items[0].scalar), item.items[1].scalar);
    } else {
      faults.Error(item.place, "content-type",
                   "two texts are expected here: what, and what instead");
    }
  }
  return pairs;
}

SourceField ReadField(const std::string& name, const Node& node, Diagnostics& faults) {
  SourceField field;
  field.name = name;
  field.place = node.place;
  if (node.is_scalar()) {
    field.expression = node.scalar;
    return field;
  }
  MapReader map(node, "Sigma field", faults);
  if (!node.is_map()) return field;
  field.expression = map.RequiredText("value");
  field.place = map.PlaceOf("value");
  if (const Node* pairs = map.Get("prefixes")) field.prefixes = ReadPairs(*pairs, faults);
  if (const Node* pairs = map.Get("map")) field.map = ReadPairs(*pairs, faults);
  field.platforms = map.Texts("platforms");
  map.Finish();
  return field;
}

void ReadLogSources(const Node& node, Source& source, Diagnostics& faults) {
  for (const Node& item : node.items) {
    MapReader map(item, "log source", faults);
    LogSource log_source{map.Text("category"), map.Text("product"), map.Text("service")};
    map.Finish();
    if (log_source == LogSource{}) {
      faults.Error(item.place, "sigma-log-source", "a log source needs a category or a service");
    } else {
      source.log_sources.push_back(std::move(log_source));
    }
  }
}

std::optional<Source> ReadSource(const Node& node, const Schema& schema, Diagnostics& faults) {
  MapReader map(node, "Sigma source", faults);
  if (!node.is_map()) return std::nullopt;
  Source source;
  source.place = node.place;
  source.id = map.RequiredText("id");
  source.about = map.RequiredText("about");
  source.vendor = map.RequiredText("vendor");
  source.product = map.RequiredText("product");
  if (const Node* events = map.Required("events"))
    source.events = ReadEventTypes(*events, schema, faults);
  source.tables = map.Texts("tables");
  source.when_text = map.Text("when");
  source.when_place = map.PlaceOf("when");
  if (const Node* list = map.Required("log_sources")) ReadLogSources(*list, source, faults);
  source.platform_text = map.Text("platform");
  source.platform_place = map.PlaceOf("platform");
  source.platforms = map.Texts("platforms");
  source.empty_is_absent = map.Bool("empty_is_absent", false);
  if (const Node* fields = map.Required("fields")) {
    for (const auto& [name, value] : fields->pairs)
      source.fields.push_back(ReadField(name, value, faults));
  }
  map.Finish();
  if (source.platform_text.empty() != source.platforms.empty()) {
    faults.Error(node.place, "sigma-platform",
                 "'platform' says which of 'platforms' a record is of: the two go together");
    source.platforms.clear();
    source.platform_text.clear();
  }
  for (const SourceField& field : source.fields) {
    for (const std::string& platform : field.platforms) {
      if (std::find(source.platforms.begin(), source.platforms.end(), platform) ==
          source.platforms.end()) {
        const std::vector<std::string_view> known(source.platforms.begin(), source.platforms.end());
        faults.Error(field.place, "sigma-platform",
                     fmt::format("the source has no platform '{}'", platform),
                     DidYouMean(platform, known));
      }
    }
  }
  return source;
}

// Whether a text begins with a prefix that is in lower case.
bool HasPrefix(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && EqualsIgnoreCase(text.substr(0, lower.size()), lower);
}

}  // namespace

std::vector<LogSource> Source::LogSourcesOf(size_t platform) const {
  std::vector<LogSource> all = log_sources;
  for (LogSource& log_source : all) {
    if (log_source.product.empty() && platform < platforms.size())
      log_source.product = platforms[platform];
  }
  return all;
}

std::string Source::NameOf(size_t platform) const {
  return platforms.size() > 1 ? id + "/" + platforms[platform] : id;
}

const SourceField* Source::Find(std::string_view name, size_t platform) const {
  for (const SourceField& field : fields) {
    if (field.name != name) continue;
    if (field.platforms.empty()) return &field;
    const bool has =
        platform < platforms.size() && std::find(field.platforms.begin(), field.platforms.end(),
                                                 platforms[platform]) != field.platforms.end();
    return has ? &field : nullptr;
  }
  return nullptr;
}

Sources Sources::Load(const std::vector<ContentFile>& files, const Schema& schema,
                      Diagnostics& faults) {
  Sources sources;
  std::map<std::string, Place> ids;
  for (const ContentFile& file : files) {
    if (file.path.find("sources/") == std::string::npos) continue;
    MapReader map(file.root, "file of Sigma sources", faults);
    const Node* list = map.Required("sources");
    map.Finish();
    if (list == nullptr) continue;
    for (const Node& node : list->items) {
      std::optional<Source> source = ReadSource(node, schema, faults);
      if (!source) continue;
      const auto [at, added] = ids.emplace(source->id, source->place);
      if (!added) {
        faults.Error(source->place, "duplicate-id",
                     fmt::format("the Sigma source '{}' is already defined at {}", source->id,
                                 at->second.ToString()));
        continue;
      }
      sources.sources_.push_back(*std::move(source));
    }
  }
  return sources;
}

void Sources::CompileSource(Source& source, const FieldNames* asked, Compiler& compiler,
                            Diagnostics& faults) {
  const auto compile = [&](const std::string& text, const Place& place) {
    return text.empty() ? kNoExpr : compiler.Compile(text, place, faults).value_or(kNoExpr);
  };
  source.when = compile(source.when_text, source.when_place);
  source.platform = compile(source.platform_text, source.platform_place);
  for (SourceField& field : source.fields) {
    if (asked == nullptr || asked->Find(field.name) != kNoField)
      field.value = compile(field.expression, field.place);
  }
}

void Sources::Compile(const Collection& rules, Compiler& compiler, Diagnostics& faults) {
  for (Source& source : sources_) {
    bool asked = false;
    bool searched = false;
    for (size_t platform = 0; platform < source.platform_count(); ++platform) {
      for (const RuleIndex rule : RulesForSource(rules, source, platform)) {
        asked = true;
        searched |= rules.AsksEveryValue(rule);
      }
    }
    if (asked) CompileSource(source, searched ? nullptr : &rules.fields(), compiler, faults);
  }
}

void Sources::CompileAll(Compiler& compiler, Diagnostics& faults) {
  for (Source& source : sources_) CompileSource(source, nullptr, compiler, faults);
}

std::vector<RuleIndex> RulesForSource(const Collection& rules, const Source& source,
                                      size_t platform) {
  std::set<RuleIndex> all;
  for (const LogSource& log_source : source.LogSourcesOf(platform)) {
    const std::vector<RuleIndex> some = rules.RulesFor(log_source);
    all.insert(some.begin(), some.end());
  }
  return {all.begin(), all.end()};
}

SourceView::SourceView(const Source& source, size_t platform, const FieldNames& names)
    : source_(source), slot_of_(names.size(), -1) {
  for (const SourceField& field : source.fields) {
    if (field.value == kNoExpr || source.Find(field.name, platform) != &field) continue;
    const FieldId id = names.Find(field.name);
    if (id != kNoField) slot_of_[id] = static_cast<int32_t>(slots_.size());
    slots_.push_back({&field, id});
  }
}

void SourceView::Open(Evaluator& evaluator) {
  evaluator_ = &evaluator;
  for (Slot& slot : slots_) slot.asked = false;
  arena_.Reset();
}

Value SourceView::Rewrite(const SourceField& field, const Value& value) {
  const std::string_view text = value.text();
  for (const auto& [from, to] : field.map) {
    if (EqualsIgnoreCase(text, from)) return Value::String(to);
  }
  for (const auto& [from, to] : field.prefixes) {
    if (!HasPrefix(text, from)) continue;
    scratch_.assign(to);
    scratch_ += text.substr(from.size());
    return Value::String(arena_.Copy(scratch_));
  }
  return Value::String(text);
}

Value SourceView::Compute(const SourceField& field) {
  const Value value = evaluator_->Evaluate(field.value);
  if (value.kind() == ValueKind::kTime) return Value::String(arena_.Copy(value.ToText()));
  if (!value.is_text()) return value;
  const std::string_view text = value.text();
  if (source_.empty_is_absent && (text.empty() || text == "-")) return {};
  return Rewrite(field, value);
}

Leaves SourceView::Get(FieldId field) {
  const int32_t at = field < slot_of_.size() ? slot_of_[field] : -1;
  return at < 0 ? Leaves{} : LeavesOf(slots_[static_cast<size_t>(at)]);
}

Leaves SourceView::LeavesOf(Slot& slot) {
  if (!slot.asked) {
    slot.value = Compute(*slot.field);
    slot.asked = true;
  }
  if (slot.value.is_null())
    return {source_.empty_is_absent ? Presence::kAbsentOrEmpty : Presence::kAbsent, {}};
  if (slot.value.is_list()) return Leaves::Of({slot.value.items(), slot.value.size()});
  return Leaves::Of({&slot.value, 1});
}

void SourceView::AppendValuesBeyond(const std::vector<bool>& known, std::vector<Value>& out) {
  for (Slot& slot : slots_) {
    if (slot.id < known.size() && known[slot.id]) continue;
    const Leaves leaves = LeavesOf(slot);
    out.insert(out.end(), leaves.values.begin(), leaves.values.end());
  }
}

void SourceView::AppendEveryValue(std::vector<Value>& out) {
  for (Slot& slot : slots_) {
    const Leaves leaves = LeavesOf(slot);
    out.insert(out.end(), leaves.values.begin(), leaves.values.end());
  }
}

}  // namespace vedette::sigma
