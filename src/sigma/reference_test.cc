#include "sigma/reference_test.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/text.h"

namespace vedette::sigma {
namespace {

using Text = std::vector<std::string>;  // one entry per character
using Strings = std::vector<std::string>;

Text Characters(const std::string& text) {
  Text out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = CharacterLength(text, i);
    out.push_back(text.substr(i, length));
    i += length;
  }
  return out;
}

// --- Patterns: one token per character ---

struct Token {
  enum { kCharacter, kAny, kOne, kDash } kind = kCharacter;
  std::string character;
};
using Tokens = std::vector<Token>;

Tokens ParseTokens(const std::string& written) {
  Tokens tokens;
  const Text text = Characters(written);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == "\\" && i + 1 < text.size() &&
        (text[i + 1] == "\\" || text[i + 1] == "*" || text[i + 1] == "?")) {
      tokens.push_back({Token::kCharacter, text[++i]});
    } else if (text[i] == "*") {
      tokens.push_back({Token::kAny, {}});
    } else if (text[i] == "?") {
      tokens.push_back({Token::kOne, {}});
    } else {
      tokens.push_back({Token::kCharacter, text[i]});
    }
  }
  return tokens;
}

bool IsWord(const Token* token) {
  return token != nullptr && token->kind == Token::kCharacter && IsWordCharacter(token->character);
}

void ExpandDashes(Tokens& tokens) {
  const Tokens before = tokens;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (before[i].kind != Token::kCharacter) continue;
    if (before[i].character != "-" && before[i].character != "/") continue;
    const Token* left = i > 0 ? &before[i - 1] : nullptr;
    const Token* right = i + 1 < before.size() ? &before[i + 1] : nullptr;
    if (!IsWord(left) && IsWord(right)) tokens[i] = {Token::kDash, {}};
  }
}

bool SameCharacter(const std::string& a, const std::string& b, bool cased) {
  return a == b || (!cased && FoldCase(a) == FoldCase(b));
}

// Which prefixes of the pattern fit which prefixes of the text.
bool Fits(const Tokens& tokens, const std::string& value, bool cased) {
  static const std::set<std::string> kDashes = {"-", "/", "–", "—", "―"};
  const Text text = Characters(value);
  std::vector<bool> row(text.size() + 1, false);
  row[0] = true;
  for (const Token& token : tokens) {
    std::vector<bool> next(text.size() + 1, false);
    for (size_t i = 0; i <= text.size(); ++i) {
      if (token.kind == Token::kAny) {
        next[i] = row[i] || (i > 0 && next[i - 1]);
      } else if (i > 0 && row[i - 1]) {
        next[i] =
            token.kind == Token::kOne ||
            (token.kind == Token::kDash && kDashes.contains(text[i - 1])) ||
            (token.kind == Token::kCharacter && SameCharacter(token.character, text[i - 1], cased));
      }
    }
    row = next;
  }
  return row[text.size()];
}

// --- Numbers: sign, digits without zeros at the ends, and where the point stands ---

struct Digits {
  bool negative = false;
  std::string digits;
  long point = 0;
};

std::optional<Digits> ReadDigits(const std::string& text) {
  static const std::regex kNumber(R"(([-+]?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]+))?)");
  std::smatch m;
  if (!std::regex_match(text, m, kNumber)) return {};
  Digits number{m[1] == "-", m[2].str() + m[3].str(), static_cast<long>(m[2].length())};
  if (m[4].matched) number.point += std::stol(m[4]);
  while (!number.digits.empty() && number.digits.front() == '0') {
    number.digits.erase(0, 1);
    --number.point;
  }
  while (!number.digits.empty() && number.digits.back() == '0') number.digits.pop_back();
  if (number.digits.empty()) return Digits{};
  return number;
}

int CompareDigits(const Digits& a, const Digits& b) {
  const auto sign = [](const Digits& d) { return d.digits.empty() ? 0 : d.negative ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  if (sign(a) == 0) return 0;
  int order = a.point != b.point ? (a.point < b.point ? -1 : 1) : a.digits.compare(b.digits);
  order = order < 0 ? -1 : order > 0 ? 1 : 0;
  return sign(a) * order;
}

// --- Leaves ---

struct Found {
  bool present = false;
  std::vector<const JsonValue*> leaves;
};

void FanOut(const JsonValue& value, Found& found) {
  found.present = true;
  if (value.kind == JsonValue::Kind::kList) {
    for (const JsonValue& item : value.items) FanOut(item, found);
  } else if (value.kind != JsonValue::Kind::kObject) {
    found.leaves.push_back(&value);
  }
}

void Descend(const JsonValue& node, const Strings& parts, size_t from, Found& found) {
  for (const JsonValue& item : node.items) Descend(item, parts, from, found);
  for (size_t to = from + 1; to <= parts.size(); ++to) {
    const std::string key =
        fmt::format("{}", fmt::join(parts.begin() + static_cast<long>(from),
                                    parts.begin() + static_cast<long>(to), "."));
    const JsonValue* member = node.Find(key);
    if (member == nullptr) continue;
    if (to == parts.size()) {
      FanOut(*member, found);
    } else {
      Descend(*member, parts, to, found);
    }
  }
}

Strings SplitBy(const std::string& text, char separator) {
  Strings parts = {""};
  for (char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

Found LookUp(const JsonValue& event, const std::string& name) {
  Found found;
  if (const JsonValue* literal = event.Find(name)) {
    FanOut(*literal, found);
  } else if (name.find('.') != std::string::npos) {
    Descend(event, SplitBy(name, '.'), 0, found);
  }
  return found;
}

void EveryScalar(const JsonValue& value, Found& found) {
  for (const JsonValue& item : value.items) EveryScalar(item, found);
  for (const auto& [key, member] : value.members) EveryScalar(member, found);
  if (value.kind != JsonValue::Kind::kNull && value.kind != JsonValue::Kind::kList &&
      value.kind != JsonValue::Kind::kObject)
    found.leaves.push_back(&value);
}

std::optional<std::string> TextOf(const JsonValue& leaf) {
  switch (leaf.kind) {
    case JsonValue::Kind::kText:
      return leaf.text;
    case JsonValue::Kind::kInt:
      return std::to_string(leaf.integer);
    case JsonValue::Kind::kDouble: {
      const auto whole = static_cast<int64_t>(leaf.decimal);
      return static_cast<double>(whole) == leaf.decimal ? std::to_string(whole)
                                                        : fmt::format("{}", leaf.decimal);
    }
    case JsonValue::Kind::kBool:
      return leaf.truth ? "true" : "false";
    default:
      return {};
  }
}

std::optional<Digits> NumberOf(const JsonValue& leaf) {
  if (leaf.kind == JsonValue::Kind::kBool) return {};
  const auto text = TextOf(leaf);
  return text ? ReadDigits(*text) : std::nullopt;
}

std::string Base64(const std::string& bytes) {
  static const std::string kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bits;
  for (unsigned char c : bytes) {
    for (int bit = 7; bit >= 0; --bit) bits += c >> bit & 1 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  std::string out;
  for (size_t i = 0; i < bits.size(); i += 6)
    out += kAlphabet[std::stoul(bits.substr(i, 6), nullptr, 2)];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

// Characters of the encoding at an offset that do not change with what stands around the value.
std::string StableBase64(const std::string& value, size_t offset) {
  const std::string low = Base64(std::string(offset, '\0') + value + std::string(3, '\0'));
  const std::string high = Base64(std::string(offset, '\xFF') + value + std::string(3, '\xFF'));
  std::string stable;
  const size_t from = (offset * 8 + 5) / 6;
  for (size_t i = from; i < low.size() && low[i] == high[i]; ++i) {
    if ((i + 1) * 6 > (offset + value.size()) * 8) break;
    stable += low[i];
  }
  return stable;
}

// --- Items ---

class Evaluation {
 public:
  Evaluation(const JsonValue& event, const ReferenceRule::Supplies& supplies)
      : event_(event), supplies_(supplies) {}

  bool Search(const Node& node) {
    if (node.is_map()) {
      for (const auto& [key, value] : node.pairs) {
        if (!Item(key, value)) return false;
      }
      return true;
    }
    if (node.is_list()) {
      return std::any_of(node.items.begin(), node.items.end(),
                         [&](const Node& item) { return Search(item); });
    }
    return Item("", node);
  }

 private:
  bool Item(const std::string& key, const Node& value) {
    Strings parts = SplitBy(key, '|');
    field_ = parts[0];
    modifiers_.assign(parts.begin() + 1, parts.end());
    const auto has = [&](const char* name) {
      return std::find(modifiers_.begin(), modifiers_.end(), name) != modifiers_.end();
    };
    std::vector<Node> values = value.is_list() ? value.items : std::vector<Node>{value};
    if (values.empty()) values.emplace_back();
    const bool all = has("all");
    bool truth = all;
    for (const Node& v : values) truth = all ? (truth & Value(v)) : (truth | Value(v));
    return has("neq") ? !truth : truth;
  }

  bool Value(const Node& node) {
    const bool keyword = field_.empty();
    Found found;
    if (keyword) {
      found.present = true;
      EveryScalar(event_, found);
    } else {
      if (supplies_ && !supplies_(field_)) return false;
      found = LookUp(event_, field_);
    }
    Strings modifiers;
    for (const std::string& m : modifiers_) {
      if (m != "all" && m != "neq") modifiers.push_back(m);
    }
    const std::string first = modifiers.empty() ? "" : modifiers[0];
    if (first == "exists") return found.present == (node.scalar == "true");
    const bool null = node.is_null() || (!node.quoted && node.scalar == "null");
    if (null) {
      return !found.present || std::any_of(found.leaves.begin(), found.leaves.end(), [](auto* l) {
        return l->kind == JsonValue::Kind::kNull;
      });
    }
    return std::any_of(found.leaves.begin(), found.leaves.end(), [&](const JsonValue* leaf) {
      return Leaf(*leaf, node, modifiers, first, keyword);
    });
  }

  bool Leaf(const JsonValue& leaf, const Node& node, const Strings& modifiers,
            const std::string& first, bool keyword) {
    const std::string& written = node.scalar;
    const auto text = TextOf(leaf);
    if (first == "re") {
      if (!text) return false;
      auto flags = std::regex::ECMAScript;
      for (const std::string& m : modifiers) {
        if (m == "i") flags |= std::regex::icase;
      }
      return std::regex_search(*text, std::regex(written, flags));
    }
    if (first == "cidr") return text && InNetwork(leaf, written);
    if (first == "fieldref") return References(leaf, written, modifiers);
    const bool number = !node.quoted && ReadDigits(written).has_value() &&
                        (written.size() < 2 || written[0] != '0');
    const bool boolean = !node.quoted && (written == "true" || written == "false");
    if (!keyword && number) {
      const auto value = NumberOf(leaf);
      if (!value) return false;
      const int order = CompareDigits(*value, *ReadDigits(written));
      return first.empty()    ? order == 0
             : first == "lt"  ? order < 0
             : first == "lte" ? order <= 0
             : first == "gt"  ? order > 0
                              : order >= 0;
    }
    if (!keyword && boolean) {
      if (leaf.kind == JsonValue::Kind::kBool) return leaf.truth == (written == "true");
      return leaf.kind == JsonValue::Kind::kText && FoldCase(leaf.text) == written;
    }
    return text && TextFits(*text, written, modifiers, keyword);
  }

  bool TextFits(const std::string& text, const std::string& written, const Strings& modifiers,
                bool keyword) {
    std::vector<Tokens> alternatives = {ParseTokens(written)};
    bool cased = false;
    bool before = false;
    bool after = false;
    bool placed = false;
    for (const std::string& m : modifiers) {
      if (m == "cased") cased = true;
      if (m == "windash") {
        for (Tokens& tokens : alternatives) ExpandDashes(tokens);
      }
      if (m == "base64offset") {
        std::string plain;
        for (const Token& token : alternatives[0]) plain += token.character;
        alternatives.clear();
        for (size_t offset = 0; offset < 3; ++offset) {
          Tokens tokens;
          for (char c : StableBase64(plain, offset))
            tokens.push_back({Token::kCharacter, std::string(1, c)});
          alternatives.push_back(tokens);
        }
      }
      before |= m == "contains" || m == "endswith";
      after |= m == "contains" || m == "startswith";
      placed |= m == "contains" || m == "endswith" || m == "startswith";
    }
    if (keyword && !placed) before = after = true;
    for (Tokens tokens : alternatives) {
      if (before) tokens.insert(tokens.begin(), {Token::kAny, {}});
      if (after) tokens.push_back({Token::kAny, {}});
      if (Fits(tokens, text, cased)) return true;
    }
    return false;
  }

  static std::optional<std::vector<int>> AddressBits(std::string text) {
    unsigned char bytes[16];
    int size = 0;
    if (inet_pton(AF_INET, text.c_str(), bytes) == 1) {
      size = 4;
    } else if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) {
      size = 16;
      static const unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
      if (std::equal(kMapped, kMapped + 12, bytes)) {
        std::copy(bytes + 12, bytes + 16, bytes);
        size = 4;
      }
    }
    if (size == 0) return {};
    std::vector<int> bits;
    for (int i = 0; i < size * 8; ++i) bits.push_back(bytes[i / 8] >> (7 - i % 8) & 1);
    return bits;
  }

  static bool InNetwork(const JsonValue& leaf, const std::string& written) {
    if (leaf.kind != JsonValue::Kind::kText) return false;
    const Strings parts = SplitBy(written, '/');
    const auto network = AddressBits(parts[0]);
    const auto address = AddressBits(leaf.text);
    if (!network || !address || network->size() != address->size()) return false;
    const size_t prefix = parts.size() > 1 ? std::stoul(parts[1]) : network->size();
    return std::equal(network->begin(), network->begin() + static_cast<long>(prefix),
                      address->begin());
  }

  bool References(const JsonValue& leaf, const std::string& other, const Strings& modifiers) {
    if (supplies_ && !supplies_(other)) return false;
    const Found found = LookUp(event_, other);
    const bool contains =
        std::find(modifiers.begin(), modifiers.end(), "contains") != modifiers.end();
    const bool starts =
        std::find(modifiers.begin(), modifiers.end(), "startswith") != modifiers.end();
    const bool ends = std::find(modifiers.begin(), modifiers.end(), "endswith") != modifiers.end();
    const auto is_number = [](const JsonValue& v) {
      return v.kind == JsonValue::Kind::kInt || v.kind == JsonValue::Kind::kDouble;
    };
    for (const JsonValue* right : found.leaves) {
      const auto a = TextOf(leaf);
      const auto b = TextOf(*right);
      if (!a || !b) continue;
      const std::string x = FoldCase(*a);
      const std::string y = FoldCase(*b);
      if (contains || (starts && ends)) {
        if (x.find(y) != std::string::npos) return true;
      } else if (starts) {
        if (x.starts_with(y)) return true;
      } else if (ends) {
        if (x.ends_with(y)) return true;
      } else if ((is_number(leaf) || is_number(*right)) && NumberOf(leaf) && NumberOf(*right)) {
        if (CompareDigits(*NumberOf(leaf), *NumberOf(*right)) == 0) return true;
      } else if (x == y) {
        return true;
      }
    }
    return false;
  }

  const JsonValue& event_;
  const ReferenceRule::Supplies& supplies_;
  std::string field_;
  Strings modifiers_;
};

// --- Conditions, evaluated while they are read ---

class ConditionReader {
 public:
  ConditionReader(const std::string& text, const std::map<std::string, bool>& names)
      : names_(names) {
    std::string spaced;
    for (char c : text) {
      if (c == '(' || c == ')') {
        spaced += fmt::format(" {} ", c);
      } else {
        spaced += c;
      }
    }
    std::istringstream words(spaced);
    for (std::string word; words >> word;) words_.push_back(word);
  }

  bool Or() {
    bool truth = And();
    while (Next("or")) truth = And() || truth;
    return truth;
  }

 private:
  bool And() {
    bool truth = Not();
    while (Next("and")) truth = Not() && truth;
    return truth;
  }
  bool Not() {
    if (Next("not")) return !Not();
    if (Next("(")) {
      const bool truth = Or();
      Next(")");
      return truth;
    }
    const std::string word = words_.at(at_++);
    if (at_ < words_.size() && words_[at_] == "of") {
      const std::string pattern = words_.at(at_ + 1);
      at_ += 2;
      const bool all = word == "all";
      bool truth = all;
      for (const auto& [name, value] : names_) {
        const bool hidden = name[0] == '_';
        const bool selected = pattern == "them" ? !hidden
                                                : Fits(ParseTokens(pattern), name, true) &&
                                                      (!hidden || pattern[0] == '_');
        if (selected) truth = all ? (truth && value) : (truth || value);
      }
      return truth;
    }
    return names_.at(word);
  }
  bool Next(const std::string& word) {
    if (at_ >= words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  const std::map<std::string, bool>& names_;
  Strings words_;
  size_t at_ = 0;
};

}  // namespace

bool ReferenceRule::Matches(const JsonValue& event, const Supplies& supplies) const {
  std::map<std::string, bool> names;
  std::string condition;
  for (const auto& [name, node] : document_.Find("detection")->pairs) {
    if (name == "condition") {
      condition = node.scalar;
    } else {
      names[name] = Evaluation(event, supplies).Search(node);
    }
  }
  return ConditionReader(condition, names).Or();
}

namespace {

TEST(SigmaReference, AgreesWithWorkedValues) {
  EXPECT_EQ(StableBase64("foobar", 0), "Zm9vYmFy");
  EXPECT_EQ(StableBase64("foobar", 1), "Zvb2Jhc");
  EXPECT_EQ(StableBase64("foobar", 2), "mb29iYX");
  EXPECT_TRUE(Fits(ParseTokens(R"(a\\*)"), R"(A\bc)", false));
  EXPECT_EQ(CompareDigits(*ReadDigits("5.0"), *ReadDigits("5")), 0);
  EXPECT_LT(CompareDigits(*ReadDigits("9"), *ReadDigits("10")), 0);
}

}  // namespace
}  // namespace vedette::sigma
