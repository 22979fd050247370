#include "parse/field_plan.h"

#include <algorithm>

#include "core/ip.h"
#include "core/text.h"

namespace vedette {
namespace {

std::string_view LastPart(std::string_view path) {
  const size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Value NonEmpty(std::string_view text) { return text.empty() ? Value() : Value::String(text); }

Value LowerOrUpper(std::string_view text, bool lower, Arena& arena) {
  if (!IsAscii(text)) return NonEmpty(arena.Copy(lower ? ToLower(text) : ToUpper(text)));
  const bool changes = std::any_of(text.begin(), text.end(), [&](char c) { return lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z'; });
  if (!changes) return NonEmpty(text);
  char* out = static_cast<char*>(arena.Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), out, lower ? ToLowerAscii : ToUpperAscii);
  return Value::String({out, text.size()});
}

struct Url {
  std::string_view scheme, host, path, query;
};

Url SplitUrl(std::string_view url) {
  Url parts;
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos && scheme < 16) {
    parts.scheme = url.substr(0, scheme);
    url.remove_prefix(scheme + 3);
  }
  const size_t end = url.find_first_of("/?#");
  std::string_view host = url.substr(0, end);
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  parts.host = !host.empty() && host[0] == '[' ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  if (end == std::string_view::npos) return parts;
  std::string_view rest = url.substr(end);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  parts.path = rest.substr(0, question);
  if (question != std::string_view::npos) parts.query = rest.substr(question + 1);
  return parts;
}

struct StepName {
  std::string_view name;
  int kind;
  bool has_argument;
};

}  // namespace

bool IsAbsentWord(std::string_view text) {
  text = Trim(text);
  return text.empty() || text == "-" || EqualsIgnoreCase(text, "null") || EqualsIgnoreCase(text, "none") || EqualsIgnoreCase(text, "n/a");
}

Result<TakeStep> TakeStep::Parse(std::string_view text) {
  static constexpr StepName kSteps[] = {
      {"lower", int(Kind::kLower), false},           {"upper", int(Kind::kUpper), false},
      {"trim", int(Kind::kTrim), false},             {"basename", int(Kind::kBasename), false},
      {"dirname", int(Kind::kDirname), false},       {"extension", int(Kind::kExtension), false},
      {"stem", int(Kind::kStem), false},             {"url_host", int(Kind::kUrlHost), false},
      {"url_path", int(Kind::kUrlPath), false},      {"url_query", int(Kind::kUrlQuery), false},
      {"url_scheme", int(Kind::kUrlScheme), false},  {"mail_domain", int(Kind::kMailDomain), false},
      {"mail_local", int(Kind::kMailLocal), false},  {"short_host", int(Kind::kShortHost), false},
      {"host_domain", int(Kind::kHostDomain), false}, {"before", int(Kind::kBefore), true},
      {"after", int(Kind::kAfter), true},            {"before_last", int(Kind::kBeforeLast), true},
      {"after_last", int(Kind::kAfterLast), true},   {"nth", int(Kind::kNth), true},
      {"unquote", int(Kind::kUnquote), false},       {"strip", int(Kind::kStrip), true},
      {"regex", int(Kind::kRegex), true},            {"number", int(Kind::kNumber), false},
      {"hex", int(Kind::kHex), false},               {"count", int(Kind::kCount), true},
      {"split", int(Kind::kSplit), true}};
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (const StepName& step : kSteps) {
    if (step.name != name) continue;
    if (step.has_argument != (colon != std::string_view::npos)) {
      return Fail("bad-take", fmt::format("the step '{}' {}", name, step.has_argument ? "needs ':' and a value" : "takes no value"));
    }
    TakeStep result;
    result.kind_ = static_cast<Kind>(step.kind);
    if (step.has_argument) result.argument_ = std::string(text.substr(colon + 1));
    if (result.kind_ == Kind::kNth) {
      const size_t last = result.argument_.rfind(':');
      const auto index = last == std::string::npos ? std::nullopt : ParseInt(result.argument_.substr(last + 1));
      if (!index || *index < 0) return Fail("bad-take", "nth is written nth:SEPARATOR:NUMBER");
      result.index_ = *index;
      result.argument_.resize(last);
    }
    if (result.kind_ == Kind::kRegex) {
      Result<TextPattern> pattern = TextPattern::Compile(result.argument_);
      if (!pattern) return Fail(pattern.error());
      result.pattern_ = std::make_shared<const TextPattern>(*std::move(pattern));
    }
    return result;
  }
  std::vector<std::string_view> names;
  for (const StepName& step : kSteps) names.push_back(step.name);
  return Fail("bad-take", fmt::format("there is no step '{}'; {}", name, DidYouMean(name, names)));
}

Value TakeStep::Apply(const Value& value, Arena& arena) const {
  if (value.is_list()) {
    if (kind_ == Kind::kCount) return Value::Int(value.size());
    Value* items = arena.Array<Value>(value.size());
    uint32_t kept = 0;
    for (uint32_t i = 0; i < value.size(); ++i) {
      const Value item = Apply(value.items()[i], arena);
      if (!item.is_null()) items[kept++] = item;
    }
    return kept == 0 ? Value() : Value::List(items, kept);
  }
  if (value.is_null()) return {};
  return ApplyText(value.is_text() ? value.text() : arena.Copy(value.ToText()), arena);
}

Value TakeStep::ApplyText(std::string_view text, Arena& arena) const {
  const std::string_view arg = argument_;
  constexpr size_t kNone = std::string_view::npos;
  switch (kind_) {
    case Kind::kLower: return LowerOrUpper(text, true, arena);
    case Kind::kUpper: return LowerOrUpper(text, false, arena);
    case Kind::kTrim: return NonEmpty(Trim(text));
    case Kind::kBasename: return NonEmpty(LastPart(text));
    case Kind::kDirname: {
      const size_t slash = text.find_last_of("\\/");
      if (slash == kNone) return {};
      // The root keeps its slash.
      const bool root = slash == 0 || (slash == 2 && text[1] == ':');
      return NonEmpty(text.substr(0, root ? slash + 1 : slash));
    }
    case Kind::kExtension: {
      const std::string_view name = LastPart(text);
      const size_t dot = name.rfind('.');
      return dot == kNone || dot == 0 ? Value() : LowerOrUpper(name.substr(dot + 1), true, arena);
    }
    case Kind::kStem: {
      const std::string_view name = LastPart(text);
      const size_t dot = name.rfind('.');
      return NonEmpty(dot == kNone || dot == 0 ? name : name.substr(0, dot));
    }
    case Kind::kUrlHost: return NonEmpty(SplitUrl(text).host);
    case Kind::kUrlPath: return NonEmpty(SplitUrl(text).path);
    case Kind::kUrlQuery: return NonEmpty(SplitUrl(text).query);
    case Kind::kUrlScheme: return NonEmpty(SplitUrl(text).scheme);
    case Kind::kMailDomain: {
      const size_t at = text.rfind('@');
      if (at == kNone) return {};
      text = text.substr(at + 1);
      while (!text.empty() && (text.back() == '>' || text.back() == ' ')) text.remove_suffix(1);
      return NonEmpty(text);
    }
    case Kind::kMailLocal: {
      const size_t at = text.rfind('@');
      if (at == kNone) return {};
      const size_t open = text.find('<');
      return NonEmpty(text.substr(open == kNone ? 0 : open + 1, at - (open == kNone ? 0 : open + 1)));
    }
    case Kind::kShortHost: return NonEmpty(ParseIp(text) ? text : text.substr(0, text.find('.')));
    case Kind::kHostDomain: {
      const size_t dot = text.find('.');
      return dot == kNone || ParseIp(text) ? Value() : NonEmpty(text.substr(dot + 1));
    }
    case Kind::kBefore: {
      const size_t at = text.find(arg);
      return at == kNone ? Value() : NonEmpty(text.substr(0, at));
    }
    case Kind::kAfter: {
      const size_t at = text.find(arg);
      return at == kNone ? Value() : NonEmpty(text.substr(at + arg.size()));
    }
    case Kind::kBeforeLast: {
      const size_t at = text.rfind(arg);
      return at == kNone ? Value() : NonEmpty(text.substr(0, at));
    }
    case Kind::kAfterLast: {
      const size_t at = text.rfind(arg);
      return at == kNone ? Value() : NonEmpty(text.substr(at + arg.size()));
    }
    case Kind::kNth: {
      for (int64_t i = index_; i > 0; --i) {
        const size_t at = text.find(arg);
        if (at == kNone || arg.empty()) return {};
        text.remove_prefix(at + arg.size());
      }
      return NonEmpty(text.substr(0, text.find(arg)));
    }
    case Kind::kUnquote: {
      const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
      return NonEmpty(quoted ? text.substr(1, text.size() - 2) : text);
    }
    case Kind::kStrip: {
      while (!text.empty() && arg.find(text.front()) != kNone) text.remove_prefix(1);
      while (!text.empty() && arg.find(text.back()) != kNone) text.remove_suffix(1);
      return NonEmpty(text);
    }
    case Kind::kRegex: {
      std::string_view found;
      return pattern_->First(text, &found) == MatchOutcome::kMatch ? NonEmpty(found) : Value();
    }
    case Kind::kNumber: {
      text = Trim(text);
      if (const auto whole = ParseInt(text)) return Value::Int(*whole);
      if (const auto decimal = ParseDouble(text)) return Value::Double(*decimal);
      return {};
    }
    case Kind::kHex: {
      if (StartsWith(text, "0x") || StartsWith(text, "0X")) text.remove_prefix(2);
      uint64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
      const bool good = error == std::errc() && end == text.data() + text.size() && !text.empty() && number <= INT64_MAX;
      return good ? Value::Int(static_cast<int64_t>(number)) : Value();
    }
    case Kind::kCount: {
      if (text.empty() || arg.empty()) return {};
      int64_t parts = 1;
      for (size_t at = text.find(arg); at != kNone; at = text.find(arg, at + arg.size())) ++parts;
      return Value::Int(parts);
    }
    case Kind::kSplit: {
      std::vector<std::string_view> parts;
      while (true) {
        const size_t at = arg.empty() ? kNone : text.find(arg);
        const std::string_view part = Trim(text.substr(0, at));
        if (!part.empty()) parts.push_back(part);
        if (at == kNone) break;
        text.remove_prefix(at + arg.size());
      }
      Value* items = arena.Array<Value>(parts.size());
      for (size_t i = 0; i < parts.size(); ++i) items[i] = Value::String(parts[i]);
      return parts.empty() ? Value() : Value::List(items, static_cast<uint32_t>(parts.size()));
    }
  }
  return {};
}

std::optional<FieldSpec> ReadFieldSpec(const std::string& name, const Node& node, const Schema& schema, Diagnostics& faults) {
  const Schema::Field* field = schema.FindField(name);
  if (field == nullptr) {
    faults.Error(node.place, "unknown-field", fmt::format("there is no field '{}'", name), DidYouMean(name, schema.FieldNames()));
    return std::nullopt;
  }
  FieldSpec spec;
  spec.field = field->id;
  spec.type = field->type;
  spec.place = node.place;
  if (node.is_scalar()) {
    spec.from = {node.scalar};
    return spec;
  }
  if (node.is_list()) {
    for (const Node& item : node.items) spec.from.push_back(item.scalar);
    return spec;
  }
  MapReader map(node, "field", faults);
  spec.from = map.Texts("from");
  if (const Node* value = map.Get("value")) spec.constant = value->scalar;
  for (const std::string& word : map.Texts("skip")) spec.skip.push_back(ToLower(word));
  const Node* take = map.Get("take");
  const auto add_step = [&](const Node& step) {
    Result<TakeStep> parsed = TakeStep::Parse(step.scalar);
    if (parsed) {
      spec.take.push_back(*std::move(parsed));
    } else {
      faults.Error(step.place, parsed.error().code, parsed.error().message);
    }
  };
  if (take != nullptr && take->is_scalar()) add_step(*take);
  if (take != nullptr && take->is_list()) {
    for (const Node& step : take->items) add_step(step);
  }
  if (const Node* table = map.Get("map")) {
    for (const auto& [key, value] : table->pairs) spec.map.emplace_back(ToLower(key), value.scalar);
  }
  if (map.Has("map_default")) spec.map_default = map.Text("map_default");
  spec.all = map.Bool("all", false);
  map.Finish();
  if (spec.from.empty() && !spec.constant) {
    faults.Error(node.place, "parser-field", fmt::format("the field '{}' needs 'from' or 'value'", name));
    return std::nullopt;
  }
  return spec;
}

namespace {

// The value as the field's type, kept in the arena; null when it does not fit.
Value Typed(const FieldSpec& spec, const Value& value, Arena& arena) {
  switch (spec.type) {
    case FieldType::kInteger: {
      if (value.kind() == ValueKind::kInt) return value;
      if (value.kind() == ValueKind::kDouble) {
        const double d = value.decimal();
        return d > -9e18 && d < 9e18 && d == static_cast<double>(static_cast<int64_t>(d)) ? Value::Int(static_cast<int64_t>(d)) : Value();
      }
      const auto number = value.is_text() ? ParseInt(Trim(value.text())) : std::nullopt;
      return number ? Value::Int(*number) : Value();
    }
    case FieldType::kDecimal: {
      if (value.is_number()) return value;
      const auto number = value.is_text() ? ParseDouble(Trim(value.text())) : std::nullopt;
      return number ? Value::Double(*number) : Value();
    }
    case FieldType::kBoolean: {
      if (value.kind() == ValueKind::kBool) return value;
      const std::string text = value.ToText();
      if (EqualsIgnoreCase(text, "true") || text == "1" || EqualsIgnoreCase(text, "yes")) return Value::Bool(true);
      if (EqualsIgnoreCase(text, "false") || text == "0" || EqualsIgnoreCase(text, "no")) return Value::Bool(false);
      return {};
    }
    case FieldType::kIp: {
      if (!value.is_text()) return {};
      const std::string_view text = Trim(value.text());
      return ParseIp(text) ? Value::Ip(arena.Copy(text)) : Value();
    }
    case FieldType::kTime: {
      if (value.kind() == ValueKind::kTime) return value;
      const auto time = value.is_text() ? ParseIso8601(Trim(value.text())) : std::nullopt;
      return time ? Value::Time(*time) : Value();
    }
    case FieldType::kList: {
      const uint32_t count = value.is_list() ? value.size() : 1;
      Value* items = arena.Array<Value>(count);
      for (uint32_t i = 0; i < count; ++i) items[i] = Value::String(arena.Copy(value.is_list() ? value.items()[i].ToText() : value.ToText()));
      return Value::List(items, count);
    }
    case FieldType::kString: break;
  }
  if (value.is_text()) return Value::String(arena.Copy(Trim(value.text())));
  if (value.is_list()) return value.size() == 0 ? Value() : Value::String(arena.Copy(value.items()[0].ToText()));
  return Value::String(arena.Copy(value.ToText()));
}

bool Skipped(const FieldSpec& spec, const Value& value) {
  if (value.is_null()) return true;
  if (!value.is_text()) {
    if (spec.skip.empty() || value.is_list()) return false;
    const std::string text = ToLower(value.ToText());
    return std::find(spec.skip.begin(), spec.skip.end(), text) != spec.skip.end();
  }
  if (IsAbsentWord(value.text())) return true;
  const std::string_view text = Trim(value.text());
  return std::any_of(spec.skip.begin(), spec.skip.end(), [&](const std::string& word) { return EqualsIgnoreCase(word, text); });
}

// Null when the path's value is absent, skipped, or lost in a step.
Value Taken(const FieldSpec& spec, Value value, Arena& arena) {
  if (Skipped(spec, value)) return {};
  if (spec.take.empty() && spec.map.empty()) return value;
  for (const TakeStep& step : spec.take) value = step.Apply(value, arena);
  if (!spec.take.empty() && Skipped(spec, value)) return {};
  if (spec.map.empty()) return value;
  const std::string text = value.ToText();
  for (const auto& [key, to] : spec.map) {
    if (EqualsIgnoreCase(key, text)) return Value::String(to);
  }
  return spec.map_default ? Value::String(*spec.map_default) : value;
}

}  // namespace

Value EvaluateField(const FieldSpec& spec, const std::vector<PathId>& paths, const Record& record, Arena& arena) {
  if (spec.constant) return spec.constant->empty() ? Value() : Typed(spec, Value::String(*spec.constant), arena);
  if (spec.all) {
    std::vector<Value> found;
    for (PathId path : paths) {
      const Value value = Taken(spec, record.Get(path), arena);
      if (value.is_list()) {
        found.insert(found.end(), value.items(), value.items() + value.size());
      } else if (!value.is_null()) {
        found.push_back(value);
      }
    }
    if (found.empty()) return {};
    return Typed(spec, Value::List(found.data(), static_cast<uint32_t>(found.size())), arena);
  }
  for (PathId path : paths) {
    if (!record.Has(path)) continue;
    const Value value = Taken(spec, record.Get(path), arena);
    if (value.is_null()) continue;
    const Value typed = Typed(spec, value, arena);
    if (!typed.is_null()) return typed;
  }
  return {};
}

}  // namespace vedette
