#include "sigma/raw_rows.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "core/text.h"

namespace vedette::sigma {
namespace {

// An event that holds nothing but raw values, with all that they need to live.
class RowView : public View {
 public:
  RowView(const Program& program, const Lookups& lookups) : evaluator_(program, lookups) {}

  void Fill(const RawNames& names, const JsonValue& row) {
    for (size_t id = 0; id < names.size(); ++id) {
      const auto raw = static_cast<RawId>(id);
      const Value value = Resolve(row, names.path(raw), 0);
      if (!value.is_null()) entries_.push_back({raw, value});
    }
    event_.SetRaw(entries_.data(), static_cast<uint16_t>(entries_.size()));
    evaluator_.Reset(event_);
  }
  Evaluator& evaluator() { return evaluator_; }

  void Choose(const Source& source, size_t platform, const FieldNames& names) {
    view_.emplace(source, platform, names);
    view_->Open(evaluator_);
  }

  Leaves Get(FieldId field) override { return view_->Get(field); }
  void AppendEveryValue(std::vector<Value>& out) override { view_->AppendEveryValue(out); }
  void AppendValuesBeyond(const std::vector<bool>& known, std::vector<Value>& out) override {
    view_->AppendValuesBeyond(known, out);
  }

 private:
  static constexpr int kMaxSteps = 16;

  Value ToValue(const JsonValue& json) {
    if (json.kind != JsonValue::Kind::kList) {
      if (json.kind == JsonValue::Kind::kText) return Value::String(texts_.emplace_back(json.text));
      return json.kind == JsonValue::Kind::kObject ? Value() : json.ToValue();
    }
    std::vector<Value> items;
    for (const JsonValue& item : json.items) {
      if (const Value value = ToValue(item); !value.is_null() && !value.is_list())
        items.push_back(value);
    }
    return ListOf(std::move(items));
  }
  Value ListOf(std::vector<Value> items) {
    if (items.empty()) return {};
    const std::vector<Value>& kept = lists_.emplace_back(std::move(items));
    return Value::List(kept.data(), static_cast<uint32_t>(kept.size()));
  }

  // The value of a raw path below `json`: keys joined by dots, [n] and [*].
  Value Resolve(const JsonValue& json, std::string_view path, int steps) {
    if (path.empty()) return ToValue(json);
    if (steps > kMaxSteps) return {};
    if (json.kind == JsonValue::Kind::kText) {
      std::optional<JsonValue> inner = JsonValue::Read(json.text);
      if (!inner || inner->kind == JsonValue::Kind::kText) return {};
      return Resolve(inners_.emplace_back(*std::move(inner)), path, steps + 1);
    }
    if (path[0] == '[') return ResolveItems(json, path, steps);
    if (const JsonValue* whole = json.Find(path)) return ToValue(*whole);
    for (size_t end = path.find_first_of(".["); end != std::string_view::npos;
         end = path.find_first_of(".[", end + 1)) {
      const JsonValue* child = json.Find(path.substr(0, end));
      if (child == nullptr) continue;
      const Value value = Resolve(*child, path.substr(end + (path[end] == '.' ? 1 : 0)), steps + 1);
      if (!value.is_null()) return value;
    }
    return {};
  }

  Value ResolveItems(const JsonValue& json, std::string_view path, int steps) {
    const size_t close = path.find(']');
    if (json.kind != JsonValue::Kind::kList || close == std::string_view::npos) return {};
    const std::string_view index = path.substr(1, close - 1);
    std::string_view rest = path.substr(close + 1);
    if (StartsWith(rest, ".")) rest.remove_prefix(1);
    if (index != "*") {
      const auto number = ParseInt(index);
      if (!number || *number < 0 || static_cast<size_t>(*number) >= json.items.size()) return {};
      return Resolve(json.items[static_cast<size_t>(*number)], rest, steps + 1);
    }
    std::vector<Value> values;
    for (const JsonValue& item : json.items) {
      if (const Value value = Resolve(item, rest, steps + 1); !value.is_null())
        values.push_back(value);
    }
    return ListOf(std::move(values));
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<Value>> lists_;
  std::deque<JsonValue> inners_;
  std::vector<Event::RawEntry> entries_;
  Event event_;
  Evaluator evaluator_;
  std::optional<SourceView> view_;
};

}  // namespace

RawRows::RawRows(const ContentLibrary& library, const Lookups& lookups, Diagnostics& faults)
    : lookups_(lookups),
      compiler_(library.schema, raw_names_, lookups),
      sources_(Sources::Load(library.sigma, library.schema, faults)) {
  sources_.CompileAll(compiler_, faults);
}

std::unique_ptr<View> RawRows::MakeView(const FieldNames& names, std::string_view table,
                                        const JsonValue& row) const {
  auto view = std::make_unique<RowView>(compiler_.program(), lookups_);
  view->Fill(raw_names_, row);
  Evaluator& evaluator = view->evaluator();
  const Source* chosen = nullptr;
  for (const Source& source : sources_.all()) {
    const bool has_table =
        std::any_of(source.tables.begin(), source.tables.end(),
                    [&](const std::string& name) { return EqualsIgnoreCase(name, table); });
    if (!has_table) continue;
    if (chosen == nullptr) chosen = &source;
    if (source.when == kNoExpr || !evaluator.Test(source.when)) continue;
    chosen = &source;
    break;
  }
  if (chosen == nullptr) return nullptr;
  size_t platform = 0;
  if (chosen->platform != kNoExpr) {
    const std::string name = evaluator.Evaluate(chosen->platform).ToText();
    const auto at = std::find(chosen->platforms.begin(), chosen->platforms.end(), name);
    if (at != chosen->platforms.end())
      platform = static_cast<size_t>(at - chosen->platforms.begin());
  }
  view->Choose(*chosen, platform, names);
  return view;
}

}  // namespace vedette::sigma
