// The evaluator's functions and tests of texts. Results that differ from their argument live in the
// evaluator's arena.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/text.h"
#include "core/url.h"
#include "expr/evaluator.h"
#include "expr/text_functions.h"

namespace vedette {

bool Evaluator::ArgText(const Node& node, size_t i, std::string_view* text) {
  const Value value = Arg(node, i);
  if (value.is_null()) return false;
  *text = AsText(value);
  return true;
}

std::string_view Evaluator::AsText(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kString:
    case ValueKind::kIp:
      return value.text();
    case ValueKind::kBool:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInt: {
      const fmt::format_int digits(value.integer());
      return arena_.Copy({digits.data(), digits.size()});
    }
    case ValueKind::kDouble: {
      char buffer[32];
      const auto end = fmt::format_to_n(buffer, sizeof(buffer), "{}", value.decimal());
      return arena_.Copy({buffer, std::min(end.size, sizeof(buffer))});
    }
    default:
      return arena_.Copy(value.ToText());
  }
}

std::string_view Evaluator::ChangeCase(std::string_view text, bool lower) {
  switch (CaseOf(text, lower)) {
    case CaseChange::kNone:
      return text;
    case CaseChange::kAscii: {
      char* out = static_cast<char*>(arena_.Allocate(text.size(), 1));
      ChangeAsciiCase(text, lower, out);
      return {out, text.size()};
    }
    case CaseChange::kUnicode:
      break;
  }
  scratch_.clear();
  lower ? AppendLower(scratch_, text) : AppendUpper(scratch_, text);
  return arena_.Copy(scratch_);
}

template <typename Change>
Value Evaluator::ForEachText(const Value& value, Change change) {
  if (!value.is_list()) return change(AsText(value));
  Value* items = arena_.Array<Value>(value.size());
  for (uint32_t i = 0; i < value.size(); ++i) {
    const Value& item = value.items()[i];
    items[i] = item.is_null() ? Value() : change(AsText(item));
  }
  return Value::List(items, value.size());
}

// concat, JoinIfExists.
Value Evaluator::Joined(const Node& node) {
  std::string_view between = node.op == Op::kJoinIfExists ? "|" : "";
  const bool with = node.op == Op::kJoinWith;  // its first argument stands between the others
  if (with) ArgText(node, 0, &between);
  std::string_view* parts = arena_.Array<std::string_view>(node.arg_count);
  size_t count = 0;
  size_t size = 0;
  for (size_t i = with ? 1 : 0; i < node.arg_count; ++i) {
    std::string_view part;
    if (!ArgText(node, i, &part) || (with && part.empty())) continue;
    size += part.size() + (count > 0 ? between.size() : 0);
    parts[count++] = part;
  }
  if (count == 0) return node.op == Op::kConcat ? Value::String({}) : Value();
  if (count == 1) return Value::String(parts[0]);
  if (size > kMaxText) return TooLong();
  char* out = static_cast<char*>(arena_.Allocate(size, 1));
  char* to = out;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) to = std::copy(between.begin(), between.end(), to);
    to = std::copy(parts[i].begin(), parts[i].end(), to);
  }
  return Value::String({out, size});
}

// A folder and a name: one path, unless the folder ends in that name already, as products write it.
Value Evaluator::Path(const Node& node) {
  std::string_view folder, name;
  const bool has_name = ArgText(node, 1, &name) && !name.empty();
  if (!ArgText(node, 0, &folder) || folder.empty()) return has_name ? Value::String(name) : Value();
  if (!has_name) return Value::String(folder);
  const std::string_view base = FileName(folder);
  if (EqualsIgnoreCase(base, name)) return Value::String(folder);
  if (folder.size() + name.size() + 1 > kMaxText) return TooLong();
  scratch_.assign(folder);
  if (!base.empty()) scratch_ += folder.find('/') != std::string_view::npos ? '/' : '\\';
  scratch_ += name;
  return Value::String(arena_.Copy(scratch_));
}

Value Evaluator::Common(const Node& node, std::string_view text) {
  for (size_t i = 1; i < node.arg_count; ++i) {
    std::string_view other;
    if (!ArgText(node, i, &other)) return {};
    text = node.op == Op::kCommonPrefix ? CommonPrefix(text, other) : CommonSuffix(text, other);
  }
  return Value::String(text);
}

Value Evaluator::Formatted(const Node& node, std::string_view spec) {
  const size_t count = node.arg_count - 1u;
  Value* args = arena_.Array<Value>(count);
  for (size_t i = 0; i < count; ++i) args[i] = Arg(node, i + 1);
  scratch_.clear();
  AppendFormatted(scratch_, spec, {args, count}, kMaxText);
  return scratch_.size() > kMaxText ? TooLong() : Value::String(arena_.Copy(scratch_));
}

Value Evaluator::Replaced(const Node& node, std::string_view text) {
  std::string_view from;
  std::string_view to;
  if (!ArgText(node, 1, &from) || !ArgText(node, 2, &to)) return {};
  const size_t count = CountParts(text, from);
  if (count == 0) return Value::String(text);
  const size_t size = text.size() - count * from.size() + count * to.size();
  if (size > kMaxText) return TooLong();
  char* out = static_cast<char*>(arena_.Allocate(size, 1));
  ReplaceParts(text, from, to, out);
  return Value::String({out, size});
}

Value Evaluator::Text(const Node& node) {
  const Value first = Arg(node, 0);
  if (first.is_null()) return {};
  switch (node.op) {
    case Op::kToLower:
      return ForEachText(
          first, [&](std::string_view text) { return Value::String(ChangeCase(text, true)); });
    case Op::kToUpper:
      return ForEachText(
          first, [&](std::string_view text) { return Value::String(ChangeCase(text, false)); });
    case Op::kExtension:
      return ForEachText(first, [&](std::string_view text) {
        const std::string_view extension = FileExtension(text);
        return extension.empty() ? Value() : Value::String(ChangeCase(extension, true));
      });
    default:
      break;
  }
  const std::string_view text = AsText(first);
  int64_t n = 0;
  int64_t m = 0;
  std::string_view part;
  switch (node.op) {
    case Op::kToString:
      return Value::String(text);
    case Op::kTrim:
      return Value::String(Trim(text));
    case Op::kDrop:
      return ArgWhole(node, 1, &n) ? Value::String(DropCharacters(text, n)) : Value();
    case Op::kDropRight:
      return ArgWhole(node, 1, &n) ? Value::String(DropRightCharacters(text, n)) : Value();
    case Op::kSubstring:
      return ArgWhole(node, 1, &n) && ArgWhole(node, 2, &m)
                 ? Value::String(SubCharacters(text, n, m))
                 : Value();
    case Op::kChopAfter:
      return ArgText(node, 1, &part) && ArgWhole(node, 2, &n)
                 ? Value::String(ChopAfter(text, part, n))
                 : Value();
    case Op::kChopBefore:
      return ArgText(node, 1, &part) && ArgWhole(node, 2, &n)
                 ? Value::String(ChopBefore(text, part, n))
                 : Value();
    case Op::kReplace:
      return Replaced(node, text);
    case Op::kSplit: {
      if (!ArgText(node, 1, &part) || !ArgWhole(node, 2, &n)) return {};
      const auto found = SplitPart(text, part, n);
      return found ? Value::String(*found) : Value();
    }
    case Op::kCommonPrefix:
    case Op::kCommonSuffix:
      return Common(node, text);
    default:
      return Formatted(node, text);
  }
}

// Tests of texts: null is false; of a list, whether any item passes.
Value Evaluator::TextTest(const Node& node) {
  const Value subject = Arg(node, 0);
  if (subject.is_null()) return Value::Bool(false);
  if (!subject.is_list()) return Value::Bool(TestText(node, AsText(subject)));
  for (uint32_t i = 0; i < subject.size(); ++i) {
    const Value& item = subject.items()[i];
    if (!item.is_null() && TestText(node, AsText(item))) return Value::Bool(true);
  }
  return Value::Bool(false);
}

bool Evaluator::TestText(const Node& node, std::string_view text) {
  if (node.data >= 0) {
    const auto index = static_cast<size_t>(node.data);
    switch (node.op) {
      case Op::kMatches:
        return program_.regexes_[index].FoundIn(text);
      case Op::kContains:
        return program_.needles_[index].FoundIn(text);
      default:
        return program_.affixes_[index].Fits(text);
    }
  }
  for (size_t i = 1; i < node.arg_count; ++i) {
    std::string_view part;
    bool hit = false;
    if (ArgText(node, i, &part)) {
      switch (node.op) {
        case Op::kStartsWith:
          hit = StartsWith(text, part);
          break;
        case Op::kEndsWith:
          hit = EndsWith(text, part);
          break;
        default:
          hit = FindPart(text, part) != std::string_view::npos;
          break;
      }
    }
    if (hit != (node.op == Op::kContainsAll)) return hit;
  }
  return node.op == Op::kContainsAll;
}

}  // namespace vedette
