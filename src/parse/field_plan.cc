#include "parse/field_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/ip.h"
#include "core/text.h"
#include "core/url.h"

namespace vedette {
namespace {

// As Trim; most texts need none.
inline std::string_view TrimFast(std::string_view text) {
  const bool clean = text.empty() || (static_cast<unsigned char>(text.front()) > ' ' &&
                                      static_cast<unsigned char>(text.back()) > ' ');
  return clean ? text : Trim(text);
}

// A scalar as text; numbers are written to the buffer, what is rare to the arena.
std::string_view ScalarText(const Value& value, char (&buffer)[24], Arena& arena) {
  if (value.is_text()) return value.text();
  if (value.kind() == ValueKind::kInt) {
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof(buffer), value.integer());
    return {buffer, static_cast<size_t>(end - buffer)};
  }
  if (value.kind() == ValueKind::kBool) return value.boolean() ? "true" : "false";
  return arena.Copy(value.ToText());
}

// Collects values in an arena; lists are joined, nulls left out.
class ValueList {
 public:
  ValueList(Arena& arena, uint32_t expected)
      : arena_(arena), items_(arena.Array<Value>(expected)), room_(expected) {}

  void Add(const Value& value) {
    if (value.is_list()) {
      for (uint32_t i = 0; i < value.size(); ++i) Add(value.items()[i]);
      return;
    }
    if (value.is_null()) return;
    if (count_ == room_) {
      room_ = 2 * room_ + 4;
      Value* more = arena_.Array<Value>(room_);
      std::copy(items_, items_ + count_, more);
      items_ = more;
    }
    items_[count_++] = value;
  }
  Value Finish() const { return count_ == 0 ? Value() : Value::List(items_, count_); }

 private:
  Arena& arena_;
  Value* items_;
  uint32_t room_;
  uint32_t count_ = 0;
};

Value NonEmpty(std::string_view text) { return text.empty() ? Value() : Value::String(text); }

Value LowerOrUpper(std::string_view text, bool lower, Arena& arena) {
  if (!IsAscii(text)) return NonEmpty(arena.Copy(lower ? ToLower(text) : ToUpper(text)));
  const bool changes = std::any_of(text.begin(), text.end(), [&](char c) {
    return lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
  });
  if (!changes) return NonEmpty(text);
  char* out = static_cast<char*>(arena.Allocate(text.size(), 1));
  std::transform(text.begin(), text.end(), out, lower ? ToLowerAscii : ToUpperAscii);
  return Value::String({out, text.size()});
}

struct StepName {
  std::string_view name;
  int kind;
  bool has_argument;
};

}  // namespace

namespace {

// Of a text without blanks around it.
inline bool IsAbsentTrimmed(std::string_view text) {
  switch (text.size()) {
    case 0:
      return true;
    case 1:
      return text[0] == '-';
    case 3:
      return EqualsIgnoreCase(text, "n/a");
    case 4:
      return EqualsIgnoreCase(text, "null") || EqualsIgnoreCase(text, "none");
    default:
      return false;
  }
}

}  // namespace

bool IsAbsentWord(std::string_view text) { return IsAbsentTrimmed(TrimFast(text)); }

Result<TakeStep> TakeStep::Parse(std::string_view text) {
  static constexpr StepName kSteps[] = {{"lower", int(Kind::kLower), false},
                                        {"upper", int(Kind::kUpper), false},
                                        {"trim", int(Kind::kTrim), false},
                                        {"basename", int(Kind::kBasename), false},
                                        {"dirname", int(Kind::kDirname), false},
                                        {"extension", int(Kind::kExtension), false},
                                        {"stem", int(Kind::kStem), false},
                                        {"url_host", int(Kind::kUrlHost), false},
                                        {"url_path", int(Kind::kUrlPath), false},
                                        {"url_query", int(Kind::kUrlQuery), false},
                                        {"url_scheme", int(Kind::kUrlScheme), false},
                                        {"mail_domain", int(Kind::kMailDomain), false},
                                        {"mail_local", int(Kind::kMailLocal), false},
                                        {"short_host", int(Kind::kShortHost), false},
                                        {"host_domain", int(Kind::kHostDomain), false},
                                        {"before", int(Kind::kBefore), true},
                                        {"after", int(Kind::kAfter), true},
                                        {"before_last", int(Kind::kBeforeLast), true},
                                        {"after_last", int(Kind::kAfterLast), true},
                                        {"nth", int(Kind::kNth), true},
                                        {"unquote", int(Kind::kUnquote), false},
                                        {"strip", int(Kind::kStrip), true},
                                        {"regex", int(Kind::kRegex), true},
                                        {"number", int(Kind::kNumber), false},
                                        {"hex", int(Kind::kHex), false},
                                        {"count", int(Kind::kCount), true},
                                        {"split", int(Kind::kSplit), true}};
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (const StepName& step : kSteps) {
    if (step.name != name) continue;
    if (step.has_argument != (colon != std::string_view::npos)) {
      return Fail("bad-take",
                  fmt::format("the step '{}' {}", name,
                              step.has_argument ? "needs ':' and a value" : "takes no value"));
    }
    TakeStep result;
    result.kind_ = static_cast<Kind>(step.kind);
    if (step.has_argument) result.argument_ = std::string(text.substr(colon + 1));
    if (result.kind_ == Kind::kNth) {
      const size_t last = result.argument_.rfind(':');
      const auto index =
          last == std::string::npos ? std::nullopt : ParseInt(result.argument_.substr(last + 1));
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
    ValueList list(arena, value.size());
    for (uint32_t i = 0; i < value.size(); ++i) list.Add(Apply(value.items()[i], arena));
    return list.Finish();
  }
  if (value.is_null()) return {};
  return ApplyText(value.is_text() ? value.text() : arena.Copy(value.ToText()), arena);
}

Value TakeStep::ApplyText(std::string_view text, Arena& arena) const {
  const std::string_view arg = argument_;
  constexpr size_t kNone = std::string_view::npos;
  switch (kind_) {
    case Kind::kLower:
      return LowerOrUpper(text, true, arena);
    case Kind::kUpper:
      return LowerOrUpper(text, false, arena);
    case Kind::kTrim:
      return NonEmpty(Trim(text));
    case Kind::kBasename:
      return NonEmpty(FileName(text));
    case Kind::kDirname: {
      const size_t slash = LastSlash(text);
      if (slash == kNone) return {};
      // The root keeps its slash.
      const bool root = slash == 0 || (slash == 2 && text[1] == ':');
      return NonEmpty(text.substr(0, root ? slash + 1 : slash));
    }
    case Kind::kExtension: {
      const std::string_view name = FileName(text);
      const size_t dot = name.rfind('.');
      return dot == kNone || dot == 0 ? Value() : LowerOrUpper(name.substr(dot + 1), true, arena);
    }
    case Kind::kStem: {
      const std::string_view name = FileName(text);
      const size_t dot = name.rfind('.');
      return NonEmpty(dot == kNone || dot == 0 ? name : name.substr(0, dot));
    }
    case Kind::kUrlHost:
      return NonEmpty(SplitUrl(text).host);
    case Kind::kUrlPath:
      return NonEmpty(SplitUrl(text).path);
    case Kind::kUrlQuery:
      return NonEmpty(SplitUrl(text).query);
    case Kind::kUrlScheme:
      return NonEmpty(SplitUrl(text).scheme);
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
      return NonEmpty(
          text.substr(open == kNone ? 0 : open + 1, at - (open == kNone ? 0 : open + 1)));
    }
    case Kind::kShortHost:
      return NonEmpty(ParseIp(text) ? text : text.substr(0, text.find('.')));
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
      const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                          text.back() == text.front();
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
      const bool good = error == std::errc() && end == text.data() + text.size() && !text.empty() &&
                        number <= INT64_MAX;
      return good ? Value::Int(static_cast<int64_t>(number)) : Value();
    }
    case Kind::kCount: {
      if (text.empty() || arg.empty()) return {};
      int64_t parts = 1;
      for (size_t at = text.find(arg); at != kNone; at = text.find(arg, at + arg.size())) ++parts;
      return Value::Int(parts);
    }
    case Kind::kSplit: {
      ValueList list(arena, 4);
      while (true) {
        const size_t at = arg.empty() ? kNone : text.find(arg);
        list.Add(NonEmpty(Trim(text.substr(0, at))));
        if (at == kNone) break;
        text.remove_prefix(at + arg.size());
      }
      return list.Finish();
    }
  }
  return {};
}

namespace {

// Text for an event: views stay, unless they are about to go away.
std::string_view KeepText(const Value& value, const Record& record, Arena& arena) {
  if (value.is_text()) return record.Keep(TrimFast(value.text()), arena);
  char buffer[24];
  return arena.Copy(ScalarText(value, buffer, arena));
}

Value TypedNumber(const Value& value) {
  if (value.kind() == ValueKind::kInt) return value;
  if (value.kind() == ValueKind::kDouble) {
    const double d = value.decimal();
    return d > -9e18 && d < 9e18 && d == static_cast<double>(static_cast<int64_t>(d))
               ? Value::Int(static_cast<int64_t>(d))
               : Value();
  }
  const auto number = value.is_text() ? ParseInt(TrimFast(value.text())) : std::nullopt;
  return number ? Value::Int(*number) : Value();
}

Value TypedBoolean(const Value& value) {
  if (value.kind() == ValueKind::kBool) return value;
  if (value.kind() == ValueKind::kInt)
    return value.integer() == 0 || value.integer() == 1 ? Value::Bool(value.integer() == 1)
                                                        : Value();
  if (!value.is_text()) return {};
  const std::string_view text = TrimFast(value.text());
  if (EqualsIgnoreCase(text, "true") || text == "1" || EqualsIgnoreCase(text, "yes"))
    return Value::Bool(true);
  if (EqualsIgnoreCase(text, "false") || text == "0" || EqualsIgnoreCase(text, "no"))
    return Value::Bool(false);
  return {};
}

// The value as the field's type, good for as long as the line and the arena; null when it does not
// fit.
Value Typed(FieldType type, const Value& value, const Record& record, Arena& arena) {
  switch (type) {
    case FieldType::kString:
      // Of a list where one value is wanted, the first.
      if (value.is_list())
        return value.size() == 0 ? Value()
                                 : Value::String(KeepText(value.items()[0], record, arena));
      return Value::String(KeepText(value, record, arena));
    case FieldType::kInteger:
      return TypedNumber(value);
    case FieldType::kDecimal: {
      if (value.kind() == ValueKind::kInt)
        return Value::Double(static_cast<double>(value.integer()));
      if (value.kind() == ValueKind::kDouble) return value;
      const auto number = value.is_text() ? ParseDouble(TrimFast(value.text())) : std::nullopt;
      return number ? Value::Double(*number) : Value();
    }
    case FieldType::kBoolean:
      return TypedBoolean(value);
    case FieldType::kIp: {
      const Value& first = value.is_list() && value.size() > 0 ? value.items()[0] : value;
      if (!first.is_text()) return {};
      const std::string_view text = TrimFast(first.text());
      return ParseIp(text) ? Value::Ip(record.Keep(text, arena)) : Value();
    }
    case FieldType::kTime: {
      if (value.kind() == ValueKind::kTime) return value;
      const auto time = value.is_text() ? ParseIso8601(TrimFast(value.text())) : std::nullopt;
      return time ? Value::Time(*time) : Value();
    }
    case FieldType::kList: {
      const uint32_t count = value.is_list() ? value.size() : 1;
      Value* items = arena.Array<Value>(count);
      uint32_t kept = 0;
      for (uint32_t i = 0; i < count; ++i) {
        const std::string_view text =
            KeepText(value.is_list() ? value.items()[i] : value, record, arena);
        if (!text.empty()) items[kept++] = Value::String(text);
      }
      return kept == 0 ? Value() : Value::List(items, kept);
    }
  }
  return {};
}

// How a whole number is written, if the text is one as ToText writes it.
std::optional<int64_t> CanonicalInt(std::string_view text) {
  const auto number = ParseInt(text);
  return number && std::to_string(*number) == text ? number : std::nullopt;
}

uint64_t SizeBit(size_t size) { return uint64_t{1} << std::min<size_t>(size, 63); }

std::shared_ptr<const FieldConstant> MakeConstant(const std::string& name, FieldType type,
                                                  const Node& node, Diagnostics& faults) {
  auto constant = std::make_shared<FieldConstant>();
  constant->text = node.scalar;
  if (!node.is_scalar()) {
    faults.Error(node.place, "parser-field",
                 fmt::format("the value of '{}' must be a text, not {}", name, node.KindName()));
  } else if (!constant->text.empty()) {
    const PathTable no_paths;
    Arena arena;
    constant->item = Value::String(constant->text);
    const Value value = Typed(type, constant->item, Record(no_paths), arena);
    constant->value = value.is_list() ? Value::List(&constant->item, 1) : value;
    if (value.is_null()) {
      faults.Error(node.place, "parser-field",
                   fmt::format("'{}' is no value for '{}', which is of type {}", node.scalar, name,
                               FieldTypeName(type)));
    }
  }
  return constant;
}

}  // namespace

std::optional<FieldSpec> ReadFieldSpec(const std::string& name, const Node& node,
                                       const Schema& schema, Diagnostics& faults) {
  const Schema::Field* field = schema.FindField(name);
  if (field == nullptr) {
    faults.Error(node.place, "unknown-field", fmt::format("there is no field '{}'", name),
                 DidYouMean(name, schema.FieldNames()));
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
    for (const Node& item : node.items) {
      spec.from.push_back(item.scalar);
      if (!item.is_scalar())
        faults.Error(item.place, "parser-field",
                     fmt::format("a raw path is a text, not {}", item.KindName()));
    }
    return spec;
  }
  MapReader map(node, "field", faults);
  spec.from = map.Texts("from");
  if (const Node* value = map.Get("value"))
    spec.constant = MakeConstant(name, spec.type, *value, faults);
  for (const std::string& word : map.Texts("skip")) {
    spec.skip.push_back(ToLower(word));
    spec.skip_sizes |= SizeBit(word.size());
    if (const auto number = CanonicalInt(word)) spec.skip_numbers.push_back(*number);
  }
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
  spec.plain = spec.take.empty() && spec.map.empty() && !spec.all;
  if (spec.from.empty() && !spec.constant) {
    faults.Error(node.place, "parser-field",
                 fmt::format("the field '{}' needs 'from' or 'value'", name));
    return std::nullopt;
  }
  return spec;
}

namespace {

// EqualsIgnoreCase, which mostly need not be called.
inline bool SameWord(const std::string& word, std::string_view text) {
  return word.size() == text.size() && (text.empty() || ((word[0] ^ text[0]) & ~0x20) == 0) &&
         EqualsIgnoreCase(word, text);
}

inline bool IsSkipWord(const FieldSpec& spec, std::string_view text) {
  if ((spec.skip_sizes & SizeBit(text.size())) == 0) return false;
  for (const std::string& word : spec.skip) {
    if (SameWord(word, text)) return true;
  }
  return false;
}

inline bool IsSkipped(const FieldSpec& spec, int64_t number) {
  for (int64_t skipped : spec.skip_numbers) {
    if (skipped == number) return true;
  }
  return false;
}

bool SkippedOther(const FieldSpec& spec, const Value& value, Arena& arena) {
  if (value.kind() == ValueKind::kInt) return IsSkipped(spec, value.integer());
  if (value.is_null()) return true;
  if (spec.skip.empty() || value.is_list()) return false;
  char buffer[24];
  return IsSkipWord(spec, ScalarText(value, buffer, arena));
}

inline bool Skipped(const FieldSpec& spec, const Value& value, Arena& arena) {
  if (!value.is_text()) return SkippedOther(spec, value, arena);
  const std::string_view text = TrimFast(value.text());
  return IsAbsentTrimmed(text) || IsSkipWord(spec, text);
}

Value WithoutSkipped(const FieldSpec& spec, const Value& list, Arena& arena) {
  const auto skipped = [&](const Value& item) { return Skipped(spec, item, arena); };
  if (std::none_of(list.items(), list.items() + list.size(), skipped)) return list;
  Value* items = arena.Array<Value>(list.size());
  Value* const end = std::remove_copy_if(list.items(), list.items() + list.size(), items, skipped);
  return end == items ? Value() : Value::List(items, static_cast<uint32_t>(end - items));
}

// Null when the path's value is absent, skipped, or lost in a step.
Value Taken(const FieldSpec& spec, Value value, Arena& arena) {
  if (Skipped(spec, value, arena)) return {};
  if (!spec.take.empty()) {
    for (const TakeStep& step : spec.take) value = step.Apply(value, arena);
    if (Skipped(spec, value, arena)) return {};
  }
  if (value.is_list()) return WithoutSkipped(spec, value, arena);
  if (spec.map.empty()) return value;
  char buffer[24];
  const std::string_view text = TrimFast(ScalarText(value, buffer, arena));
  for (const auto& [key, to] : spec.map) {
    if (SameWord(key, text)) return Value::String(to);
  }
  return spec.map_default ? Value::String(*spec.map_default) : value;
}

// Every path's values in one list.
Value TakeAll(const FieldPlan& plan, const Record& record, Arena& arena) {
  const FieldSpec& spec = *plan.spec;
  ValueList list(arena, static_cast<uint32_t>(plan.paths.size()));
  for (PathId path : plan.paths) list.Add(Taken(spec, record.Get(path), arena));
  const Value all = list.Finish();
  return all.is_null() ? all : Typed(spec.type, all, record, arena);
}

// What stands in the first path that has something which fits.
[[gnu::always_inline]] inline Value Evaluate(const FieldPlan& plan, const Record& record,
                                             Arena& arena) {
  const FieldSpec& spec = *plan.spec;
  if (spec.constant) return spec.constant->value;
  if (spec.all) return TakeAll(plan, record, arena);
  for (PathId path : plan.paths) {
    const Value* const there = record.Find(path);
    if (there == nullptr) continue;
    Value value = *there;
    if (spec.plain && value.is_text()) {
      const std::string_view text = TrimFast(value.text());
      if (IsAbsentTrimmed(text) || IsSkipWord(spec, text)) continue;
      value = Value::String(text);
    } else if (spec.plain && value.kind() == ValueKind::kInt) {
      if (IsSkipped(spec, value.integer())) continue;
      if (spec.type == FieldType::kInteger) return value;
    } else {
      value = Taken(spec, value, arena);
      if (value.is_null()) continue;
    }
    if (spec.type == FieldType::kString && value.is_text())
      return Value::String(record.Keep(TrimFast(value.text()), arena));
    const Value typed = Typed(spec.type, value, record, arena);
    if (!typed.is_null()) return typed;
  }
  return {};
}

}  // namespace

Value EvaluateField(const FieldPlan& plan, const Record& record, Arena& arena) {
  return Evaluate(plan, record, arena);
}

void FillFields(const std::vector<FieldPlan>& plans, const Record& record, Arena& arena,
                Event* event) {
  for (const FieldPlan& plan : plans) {
    const Value value = Evaluate(plan, record, arena);
    if (!value.is_null()) event->Append(arena, plan.spec->field, value);
  }
}

}  // namespace vedette
