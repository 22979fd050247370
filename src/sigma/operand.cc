#include "sigma/operand.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"
#include "sigma/encodings.h"

namespace vedette::sigma {
namespace {

using Type = Operand::Type;

constexpr size_t kMostAlternatives = 4096;

Result<void> WrongType(const Operand& operand, std::string_view wanted) {
  return Fail("sigma-modifier-type",
              fmt::format("it takes {}, not {}", wanted, operand.TypeName()));
}

// --- Wildcards around a text ---

template <bool kBefore, bool kAfter>
Result<void> Surround(Operand& operand, const LoadOptions&) {
  if (operand.type == Type::kRegex) return {};  // a search has no ends
  if (operand.type == Type::kFieldRef) {
    const RefMode mode = kBefore && kAfter ? RefMode::kContains
                         : kBefore         ? RefMode::kEndsWith
                                           : RefMode::kStartsWith;
    operand.mode =
        operand.mode == RefMode::kEquals || operand.mode == mode ? mode : RefMode::kContains;
    return {};
  }
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  for (Pattern& pattern : operand.patterns) {
    if (kBefore) pattern.AnyBefore();
    if (kAfter) pattern.AnyAfter();
  }
  return {};
}

Result<void> Cased(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  operand.cased = true;
  return {};
}

Result<void> Windash(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  for (Pattern& pattern : operand.patterns) pattern.Windash();
  return {};
}

// --- Encodings ---

// A text with "any dash" in it as the texts that it stands for.
Result<std::vector<std::string>> Spellings(const Pattern& pattern) {
  static constexpr std::array<std::string_view, 5> kDashes = {"-", "/", "\u2013", "\u2014",
                                                              "\u2015"};
  std::vector<std::string> texts = {""};
  for (const Pattern::Piece& piece : pattern.pieces()) {
    if (piece.kind != Pattern::Kind::kDash) {
      for (std::string& text : texts) text += piece.text;
      continue;
    }
    std::vector<std::string> longer;
    for (const std::string& text : texts) {
      for (std::string_view dash : kDashes) longer.push_back(text + std::string(dash));
    }
    if (longer.size() > kMostAlternatives)
      return Fail("sigma-too-many-values", "it stands for too many texts");
    texts = std::move(longer);
  }
  return texts;
}

// What an encoding works on: the bytes of each alternative.
Result<std::vector<std::string>> TakeBytes(const Operand& operand) {
  if (operand.type == Type::kBytes) return operand.bytes;
  if (operand.type != Type::kString)
    return Fail("sigma-modifier-type", fmt::format("it takes a text, not {}", operand.TypeName()));
  std::vector<std::string> bytes;
  for (const Pattern& pattern : operand.patterns) {
    if (pattern.has_wildcards())
      return Fail("sigma-modifier-wildcard", "a text to encode cannot have wildcards");
    auto spellings = Spellings(pattern);
    if (!spellings) return Fail(spellings.error());
    bytes.insert(bytes.end(), spellings->begin(), spellings->end());
  }
  return bytes;
}

Result<void> Base64(Operand& operand, const LoadOptions&) {
  const auto bytes = TakeBytes(operand);
  if (!bytes) return Fail(bytes.error());
  operand.type = Type::kString;
  operand.patterns.clear();
  for (const std::string& text : *bytes)
    operand.patterns.push_back(Pattern::Literal(EncodeBase64(text)));
  return {};
}

Result<void> Base64Offset(Operand& operand, const LoadOptions&) {
  const auto bytes = TakeBytes(operand);
  if (!bytes) return Fail(bytes.error());
  operand.type = Type::kString;
  operand.patterns.clear();
  for (const std::string& text : *bytes) {
    for (const std::string& form : EncodeBase64Offsets(text)) {
      if (form.empty())
        return Fail("sigma-modifier-value",
                    "a text of less than two bytes leaves no trace of its own");
      operand.patterns.push_back(Pattern::Literal(form));
    }
  }
  return {};
}

template <Utf16 kForm>
Result<void> Wide(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  auto bytes = TakeBytes(operand);
  if (!bytes) return Fail(bytes.error());
  operand.type = Type::kBytes;
  operand.bytes.clear();
  for (const std::string& text : *bytes) operand.bytes.push_back(EncodeUtf16(text, kForm));
  return {};
}

// --- Types of their own ---

Result<void> Regex(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  operand.type = Type::kRegex;
  return {};
}

template <char kFlag>
Result<void> RegexFlag(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kRegex) return WrongType(operand, "a regular expression");
  if (operand.regex_flags.find(kFlag) == std::string::npos) operand.regex_flags += kFlag;
  return {};
}

Result<void> Network(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  const std::string& text = operand.scalar.text;
  const size_t slash = text.find('/');
  auto cidr = ParseCidr(text);
  // A network of mapped addresses counts its bits from the left of all 128.
  if (text.find(':') < slash) {
    if (const auto ip = ParseIp(text.substr(0, slash)); ip && ip->is_v4) {
      const auto bits = slash == std::string::npos ? 128 : ParseInt(text.substr(slash + 1));
      cidr.reset();
      if (bits && *bits >= 96 && *bits <= 128) cidr = Cidr{*ip, static_cast<uint8_t>(*bits)};
    }
  }
  if (!cidr || text.find('%') != std::string::npos ||
      (slash != std::string::npos && !IsDigit(text[slash + 1])))
    return Fail("sigma-modifier-value", fmt::format("'{}' is not a network", text));
  for (size_t bit = cidr->bits; bit < 128; ++bit) {
    if (cidr->network.bytes[bit / 8] >> (7 - bit % 8) & 1)
      return Fail("sigma-modifier-value",
                  fmt::format("'{}' has bits set behind its prefix length", text));
  }
  operand.type = Type::kNetwork;
  operand.network = *cidr;
  return {};
}

template <Comparison kComparison>
Result<void> Compare(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kNumber && operand.type != Type::kTimePart)
    return WrongType(operand, "a number");
  operand.type = operand.type == Type::kNumber ? Type::kComparison : Type::kTimePartComparison;
  operand.comparison = kComparison;
  return {};
}

template <TimePart kPart>
Result<void> Part(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kNumber) return WrongType(operand, "a number");
  operand.type = Type::kTimePart;
  operand.part = kPart;
  return {};
}

Result<void> FieldRef(Operand& operand, const LoadOptions&) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  if (operand.patterns.size() != 1 || operand.patterns[0].has_wildcards())
    return Fail("sigma-modifier-wildcard", "the name of a field cannot have wildcards");
  operand.type = Type::kFieldRef;
  operand.field = operand.patterns[0].text();
  if (operand.field.empty()) return Fail("sigma-modifier-value", "it must name a field");
  return {};
}

// --- Placeholders ---

// Replaces each %name% of a literal by the values of the name; a backslash makes a percent sign
// literal.
Result<std::vector<Pattern>> ExpandLiteral(std::string_view text, const LoadOptions& options) {
  std::vector<Pattern> results(1);
  std::string literal;
  const auto append = [&](const std::vector<Pattern>& tails) {
    std::vector<Pattern> longer;
    for (const Pattern& result : results) {
      for (const Pattern& tail : tails) {
        longer.push_back(result);
        longer.back().Append(tail);
      }
    }
    results = std::move(longer);
  };
  const auto flush = [&] {
    append({Pattern::Literal(literal)});
    literal.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%') {
      literal += text[++i];
      continue;
    }
    const size_t end = text[i] == '%' ? text.find('%', i + 1) : std::string_view::npos;
    if (end == std::string_view::npos || end == i + 1) {
      literal += text[i];
      continue;
    }
    const std::string name(text.substr(i + 1, end - i - 1));
    const auto values = options.placeholders.find(name);
    if (values == options.placeholders.end() || values->second.empty())
      return Fail("sigma-placeholder", fmt::format("there are no values for %{}%", name));
    flush();
    if (results.size() * values->second.size() > kMostAlternatives)
      return Fail("sigma-too-many-values",
                  fmt::format("its placeholders stand for more than {} texts", kMostAlternatives));
    std::vector<Pattern> parsed;
    for (const std::string& value : values->second) parsed.push_back(Pattern::Parse(value));
    append(parsed);
    i = end;
  }
  flush();
  return results;
}

Result<void> Expand(Operand& operand, const LoadOptions& options) {
  if (operand.type != Type::kString) return WrongType(operand, "a text");
  std::vector<Pattern> expanded;
  for (const Pattern& pattern : operand.patterns) {
    std::vector<Pattern> results(1);
    for (const Pattern::Piece& piece : pattern.pieces()) {
      std::vector<Pattern> tails;
      if (piece.kind == Pattern::Kind::kLiteral) {
        auto literal = ExpandLiteral(piece.text, options);
        if (!literal) return Fail(literal.error());
        tails = std::move(*literal);
      } else {
        tails = {Pattern::Of(piece)};
      }
      if (results.size() * tails.size() > kMostAlternatives)
        return Fail(
            "sigma-too-many-values",
            fmt::format("its placeholders stand for more than {} texts", kMostAlternatives));
      std::vector<Pattern> longer;
      for (const Pattern& result : results) {
        for (const Pattern& tail : tails) {
          longer.push_back(result);
          longer.back().Append(tail);
        }
      }
      results = std::move(longer);
    }
    expanded.insert(expanded.end(), results.begin(), results.end());
  }
  operand.patterns = std::move(expanded);
  return {};
}

constexpr Modifier kModifiers[] = {
    {"contains", Surround<true, true>},
    {"startswith", Surround<false, true>},
    {"endswith", Surround<true, false>},
    {"cased", Cased},
    {"re", Regex, true},
    {"i", RegexFlag<'i'>},
    {"ignorecase", RegexFlag<'i'>},
    {"m", RegexFlag<'m'>},
    {"multiline", RegexFlag<'m'>},
    {"s", RegexFlag<'s'>},
    {"dotall", RegexFlag<'s'>},
    {"cidr", Network, true},
    {"lt", Compare<Comparison::kLt>},
    {"lte", Compare<Comparison::kLte>},
    {"gt", Compare<Comparison::kGt>},
    {"gte", Compare<Comparison::kGte>},
    {"base64", Base64},
    {"base64offset", Base64Offset},
    {"wide", Wide<Utf16::kLittleEndian>},
    {"utf16le", Wide<Utf16::kLittleEndian>},
    {"utf16be", Wide<Utf16::kBigEndian>},
    {"utf16", Wide<Utf16::kMarked>},
    {"windash", Windash},
    {"fieldref", FieldRef},
    {"expand", Expand},
    {"minute", Part<TimePart::kMinute>},
    {"hour", Part<TimePart::kHour>},
    {"day", Part<TimePart::kDay>},
    {"week", Part<TimePart::kWeek>},
    {"month", Part<TimePart::kMonth>},
    {"year", Part<TimePart::kYear>},
};

}  // namespace

Operand Operand::Of(const Scalar& scalar) {
  Operand operand;
  operand.scalar = scalar;
  switch (scalar.kind) {
    case Scalar::Kind::kNull:
      break;
    case Scalar::Kind::kBool:
      operand.type = Type::kBool;
      break;
    case Scalar::Kind::kNumber:
      operand.type = Type::kNumber;
      break;
    case Scalar::Kind::kText:
      operand.type = Type::kString;
      operand.patterns = {Pattern::Parse(scalar.text)};
      break;
  }
  return operand;
}

std::string_view Operand::TypeName() const {
  constexpr std::string_view kNames[] = {"nothing",
                                         "true or false",
                                         "a number",
                                         "a text",
                                         "bytes (follow it with base64 or base64offset)",
                                         "a regular expression",
                                         "a network",
                                         "a comparison",
                                         "a part of a time",
                                         "a comparison",
                                         "the name of a field"};
  return kNames[static_cast<size_t>(type)];
}

const Modifier* FindModifier(std::string_view name) {
  const auto found = std::find_if(std::begin(kModifiers), std::end(kModifiers),
                                  [&](const Modifier& m) { return m.name == name; });
  return found == std::end(kModifiers) ? nullptr : found;
}

std::vector<std::string_view> ModifierNames() {
  std::vector<std::string_view> names = {"all", "neq", "exists"};
  for (const Modifier& modifier : kModifiers) names.push_back(modifier.name);
  return names;
}

}  // namespace vedette::sigma
