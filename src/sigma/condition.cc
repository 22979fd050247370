#include "sigma/condition.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "sigma/pattern.h"

namespace vedette::sigma {
namespace {

constexpr int kMaxDepth = 128;

bool IsNameCharacter(char c) {
  return IsDigit(c) || (ToLowerAscii(c) >= 'a' && ToLowerAscii(c) <= 'z') || c == '_' || c == '-';
}

// A recursive descent over the tokens. After a fault, `failed` holds it and nothing more counts.
class ConditionParser {
 public:
  ConditionParser(std::vector<ConditionToken> tokens, const Place& place,
                  const std::vector<Identifier>& identifiers, Expressions& expressions)
      : tokens_(std::move(tokens)),
        place_(place),
        identifiers_(identifiers),
        expressions_(expressions) {}

  Result<NodeId> Parse() {
    const NodeId node = ParseOr();
    if (!failed_ && !now().text.empty()) {
      Fault("sigma-condition-syntax", fmt::format("'{}' does not belong here", now().text));
    }
    if (failed_) return Fail(error_);
    return node;
  }

 private:
  const ConditionToken& now() const { return tokens_[next_]; }

  bool Take(std::string_view word) {
    if (now().text != word) return false;
    ++next_;
    return true;
  }

  NodeId Fault(std::string_view code, std::string message) {
    if (!failed_) error_ = {std::string(code), std::move(message), Within(place_, now().at)};
    failed_ = true;
    return kFalseNode;
  }

  NodeId ParseOr() {
    std::vector<NodeId> children = {ParseAnd()};
    while (!failed_ && Take("or")) children.push_back(ParseAnd());
    return children.size() == 1 ? children[0] : expressions_.Or(std::move(children));
  }

  NodeId ParseAnd() {
    std::vector<NodeId> children = {ParseNot()};
    while (!failed_ && Take("and")) children.push_back(ParseNot());
    return children.size() == 1 ? children[0] : expressions_.And(std::move(children));
  }

  NodeId ParseNot() {
    bool negate = false;
    while (Take("not")) negate = !negate;
    const NodeId node = ParsePrimary();
    return negate ? expressions_.Not(node) : node;
  }

  NodeId ParsePrimary() {
    if (Take("(")) {
      if (++depth_ > kMaxDepth)
        return Fault("sigma-condition-depth", "brackets are nested too deep");
      const NodeId node = ParseOr();
      --depth_;
      if (!failed_ && !Take(")")) return Fault("sigma-condition-syntax", "a ')' is missing");
      return node;
    }
    const std::string_view word = now().text;
    if (word.empty())
      return Fault("sigma-condition-syntax", "the condition ends where a name should stand");
    if (word == ")" || word == "and" || word == "or" || word == "of")
      return Fault("sigma-condition-syntax", fmt::format("'{}' stands where a name should", word));
    if (tokens_[next_ + 1].text == "of") return ParseSelector();
    return ParseName();
  }

  NodeId ParseSelector() {
    const std::string_view quantifier = now().text;
    if (quantifier != "1" && quantifier != "any" && quantifier != "all") {
      return Fault("sigma-condition-quantifier",
                   fmt::format("'{} of' is not supported; there are '1 of', 'any of' and 'all of'",
                               quantifier));
    }
    next_ += 2;
    const std::string_view pattern = now().text;
    if (pattern.empty() || pattern == "(" || pattern == ")")
      return Fault("sigma-condition-syntax", "a pattern must follow 'of'");
    std::vector<NodeId> selected;
    for (const Identifier& identifier : identifiers_) {
      if (Selects(pattern, identifier.name)) selected.push_back(identifier.node);
    }
    if (selected.empty()) {
      return Fault("sigma-condition-selects-nothing",
                   fmt::format("'{}' selects no search identifier", pattern));
    }
    ++next_;
    return quantifier == "all" ? expressions_.And(std::move(selected))
                               : expressions_.Or(std::move(selected));
  }

  NodeId ParseName() {
    const std::string_view word = now().text;
    for (const Identifier& identifier : identifiers_) {
      if (identifier.name != word) continue;
      ++next_;
      return identifier.node;
    }
    std::vector<std::string_view> names;
    for (const Identifier& identifier : identifiers_) names.push_back(identifier.name);
    const std::string guess = DidYouMean(word, names);
    return Fault("sigma-condition-unknown-name",
                 fmt::format("there is no search identifier '{}'{}{}", word,
                             guess.empty() ? "" : "; ", guess));
  }

  std::vector<ConditionToken> tokens_;
  const Place& place_;
  const std::vector<Identifier>& identifiers_;
  Expressions& expressions_;
  size_t next_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  Error error_;
};

}  // namespace

Place Within(const Place& place, size_t at) {
  Place within = place;
  within.column += static_cast<int>(at);
  return within;
}

Result<std::vector<ConditionToken>> TokenizeCondition(std::string_view text, const Place& place) {
  std::vector<ConditionToken> tokens;
  for (size_t i = 0; i < text.size();) {
    if (IsSpace(text[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && (IsNameCharacter(text[end]) || text[end] == '*')) ++end;
    if (end == i) {
      if (text[i] == '|') {
        return Fail("sigma-condition-aggregation",
                    "aggregations with '|' are not supported; write a correlation rule",
                    Within(place, i));
      }
      if (text[i] != '(' && text[i] != ')') {
        return Fail("sigma-condition-syntax",
                    fmt::format("'{}' cannot stand in a condition",
                                text.substr(i, CharacterLength(text, i))),
                    Within(place, i));
      }
      ++end;
    }
    tokens.push_back({text.substr(i, end - i), i});
    i = end;
  }
  // Two, so that one token may be looked ahead.
  tokens.push_back({{}, text.size()});
  tokens.push_back({{}, text.size()});
  return tokens;
}

bool Selects(std::string_view pattern, std::string_view name) {
  const bool hidden = StartsWith(name, "_");
  if (pattern == "them") return !hidden;
  if (hidden && !StartsWith(pattern, "_")) return false;
  return Pattern::Parse(pattern).Matches(name);
}

Result<NodeId> CompileCondition(std::string_view text, const Place& place,
                                const std::vector<Identifier>& identifiers,
                                Expressions& expressions) {
  auto tokens = TokenizeCondition(text, place);
  if (!tokens) return Fail(tokens.error());
  return ConditionParser(std::move(*tokens), place, identifiers, expressions).Parse();
}

}  // namespace vedette::sigma
