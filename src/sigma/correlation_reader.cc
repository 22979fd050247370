#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"
#include "sigma/condition.h"
#include "sigma/readers.h"
#include "sigma/scalar.h"

namespace vedette::sigma {
namespace {

using Type = CorrelationType;

constexpr Type kLastType = Type::kAbsent;

bool IsTemporal(Type type) { return type == Type::kTemporal || type == Type::kTemporalOrdered; }

bool NeedsField(Type type) {
  return type != Type::kEventCount && type != Type::kAbsent && !IsTemporal(type);
}

// Types that may go without a comparison.
bool NeedsBound(Type type) {
  return !IsTemporal(type) && type != Type::kNewValue && type != Type::kNewMagnitude;
}

// Digits and one unit.
Result<Nanoseconds> ReadTimespan(const Node& node, std::string_view what) {
  // Months and years are those of the mean Gregorian year.
  static constexpr std::pair<char, int64_t> kSeconds[] = {
      {'s', 1},       {'m', 60},        {'h', 3600},      {'d', 86'400},
      {'w', 604'800}, {'M', 2'629'746}, {'y', 31'556'952}};
  const std::string& text = node.scalar;
  const auto wrong = [&] {
    return Fail(
        "sigma-timespan",
        fmt::format("'{}' must be a number and one of s, m, h, d, w, M, y, such as 10m", what),
        node.place);
  };
  if (!node.is_scalar() || text.size() < 2) return wrong();
  const auto unit = std::find_if(std::begin(kSeconds), std::end(kSeconds),
                                 [&](const auto& u) { return u.first == text.back(); });
  const auto count = ParseInt(std::string_view(text).substr(0, text.size() - 1));
  if (unit == std::end(kSeconds) || !count || !IsDigit(text[0]) ||
      *count > 100 * kSeconds[6].second / unit->second)
    return wrong();
  return Nanoseconds(*count * unit->second * kNanosPerSecond);
}

Result<void> ReadType(const Node& node, Type& type) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(kLastType); ++i)
    names.push_back(CorrelationTypeName(static_cast<Type>(i)));
  const auto found = std::find(names.begin(), names.end(), node.scalar);
  if (!node.is_scalar() || found == names.end()) {
    return Fail("sigma-correlation-type",
                fmt::format("there is no correlation type '{}'; there are: {}", node.scalar,
                            fmt::join(names, ", ")),
                node.place);
  }
  type = static_cast<Type>(found - names.begin());
  return {};
}

// Operators, field and percentile of a condition that is a map.
Result<void> ReadBounds(const Node& node, FieldNames& fields, Correlation& correlation) {
  bool has_percentile = false;
  for (size_t i = 0; i < node.pairs.size(); ++i) {
    const std::string& key = node.pairs[i].key;
    const Node& value = node.pairs[i].value;
    if (key == "field") {
      const auto names = ReadTexts(value, "field");
      if (!names) return Fail(names.error());
      for (const std::string& name : *names)
        correlation.value_fields.push_back(fields.Intern(name));
      continue;
    }
    const Scalar scalar = value.is_scalar() ? Scalar::Of(value) : Scalar();
    const auto number_wanted = [&] {
      return Fail("sigma-correlation-condition", fmt::format("'{}' must be a number", key),
                  value.place);
    };
    if (key == "percentile") {
      if (scalar.kind != Scalar::Kind::kNumber || scalar.number < Number::Of(int64_t{0}) ||
          scalar.number > Number::Of(int64_t{100}))
        return number_wanted();
      correlation.percentile = scalar.number;
      has_percentile = true;
      continue;
    }
    bool known = false;
    for (Comparison comparison : {Comparison::kEq, Comparison::kNeq, Comparison::kLt,
                                  Comparison::kLte, Comparison::kGt, Comparison::kGte}) {
      if (ComparisonName(comparison) != key) continue;
      known = true;
      if (scalar.kind != Scalar::Kind::kNumber) return number_wanted();
      correlation.bounds.push_back({comparison, scalar.number});
    }
    if (!known) {
      return Fail("sigma-correlation-condition",
                  fmt::format("'{}' is neither 'field' nor one of eq, neq, lt, lte, gt, gte", key),
                  node.key_places[i]);
    }
  }
  if (correlation.type == Type::kValuePercentile && !has_percentile) {
    return Fail("sigma-correlation-condition", "value_percentile needs a 'percentile' of 0 to 100",
                node.place);
  }
  return {};
}

Result<void> ReadCorrelationCondition(const Node& node, FieldNames& fields,
                                      WrittenCorrelation& written) {
  Correlation& correlation = written.correlation;
  const std::string_view name = CorrelationTypeName(correlation.type);
  if (node.is_scalar() && IsTemporal(correlation.type)) {
    written.expression = node.scalar;
    written.expression_place = node.quoted ? Within(node.place, 1) : node.place;
    return {};
  }
  if (!node.is_map()) {
    return Fail("sigma-correlation-condition",
                fmt::format("the condition of {} must be a map, not {}", name, node.KindName()),
                node.place);
  }
  if (const auto read = ReadBounds(node, fields, correlation); !read) return read;
  if (correlation.bounds.empty() && NeedsBound(correlation.type)) {
    return Fail(
        "sigma-correlation-condition",
        fmt::format("{} compares with nothing: give one of eq, neq, lt, lte, gt, gte", name),
        node.place);
  }
  if (correlation.value_fields.empty() && NeedsField(correlation.type))
    return Fail("sigma-correlation-condition", fmt::format("{} needs a 'field'", name), node.place);
  if (correlation.value_fields.size() > 1 && correlation.type != Type::kValueCount &&
      NeedsField(correlation.type)) {
    return Fail("sigma-correlation-condition", fmt::format("{} takes one field", name), node.place);
  }
  return {};
}

Result<void> ReadAliases(const Node& node, WrittenCorrelation& written) {
  if (!node.is_map()) return Fail("sigma-correlation-alias", "'aliases' must be a map", node.place);
  for (const auto& [alias, by_rule] : node.pairs) {
    if (!by_rule.is_map())
      return Fail("sigma-correlation-alias",
                  fmt::format("alias '{}' must be a map of rule to field", alias), by_rule.place);
    for (const auto& [rule, field] : by_rule.pairs) {
      if (!field.is_scalar())
        return Fail("sigma-correlation-alias", "an alias stands for one field", field.place);
      written.aliases[alias][rule] = field.scalar;
    }
  }
  return {};
}

Result<bool> ReadGenerate(const Node& node) {
  const Scalar scalar = node.is_scalar() ? Scalar::Of(node) : Scalar();
  if (scalar.kind != Scalar::Kind::kBool)
    return Fail("sigma-correlation-generate", "'generate' must be true or false", node.place);
  return scalar.truth;
}

// --- Conditions as text ---

class TemporalParser {
 public:
  TemporalParser(std::vector<ConditionToken> tokens, const Place& place,
                 const std::vector<std::string>& rules)
      : tokens_(std::move(tokens)), place_(place), rules_(rules) {}

  Result<std::vector<TemporalStep>> Parse() {
    if (!ParseOr()) return Fail(error_);
    if (!now().text.empty()) {
      Fault(fmt::format("'{}' does not belong here", now().text));
      return Fail(error_);
    }
    return std::move(steps_);
  }

 private:
  const ConditionToken& now() const { return tokens_[next_]; }
  bool Take(std::string_view word) { return now().text == word && ++next_ > 0; }
  bool Fault(std::string message) {
    error_ = {"sigma-condition-syntax", std::move(message), Within(place_, now().at)};
    return false;
  }
  void Add(TemporalStep::Kind kind, uint32_t rule = 0) { steps_.push_back({kind, rule}); }

  bool ParseOr() {
    if (!ParseAnd()) return false;
    while (Take("or")) {
      if (!ParseAnd()) return false;
      Add(TemporalStep::Kind::kOr);
    }
    return true;
  }
  bool ParseAnd() {
    if (!ParseNot()) return false;
    while (Take("and")) {
      if (!ParseNot()) return false;
      Add(TemporalStep::Kind::kAnd);
    }
    return true;
  }
  bool ParseNot() {
    bool negate = false;
    while (Take("not")) negate = !negate;
    if (!ParsePrimary()) return false;
    if (negate) Add(TemporalStep::Kind::kNot);
    return true;
  }
  bool ParsePrimary() {
    if (Take("(")) {
      if (++depth_ > 128) return Fault("brackets are nested too deep");
      if (!ParseOr()) return false;
      --depth_;
      return Take(")") || Fault("a ')' is missing");
    }
    const auto found = std::find(rules_.begin(), rules_.end(), now().text);
    if (found == rules_.end()) return Fault(fmt::format("'{}' is not among the rules", now().text));
    Add(TemporalStep::Kind::kRule, static_cast<uint32_t>(found - rules_.begin()));
    ++next_;
    return true;
  }

  std::vector<ConditionToken> tokens_;
  const Place& place_;
  const std::vector<std::string>& rules_;
  std::vector<TemporalStep> steps_;
  size_t next_ = 0;
  int depth_ = 0;
  Error error_;
};

// Names in a condition that is text, for correlations that list no rules.
std::vector<std::string> NamesIn(std::string_view text, const Place& place) {
  std::vector<std::string> names;
  const auto tokens = TokenizeCondition(text, place);
  if (!tokens) return names;
  for (const ConditionToken& token : *tokens) {
    const bool word = !token.text.empty() && token.text != "(" && token.text != ")" &&
                      token.text != "and" && token.text != "or" && token.text != "not";
    if (word && std::find(names.begin(), names.end(), token.text) == names.end())
      names.emplace_back(token.text);
  }
  return names;
}

Result<void> ReadRules(const Node& node, WrittenCorrelation& written) {
  const Node* rules = node.Find("rules");
  if (rules == nullptr || rules->is_null()) {
    const Node* condition = node.Find("condition");
    if (condition != nullptr && condition->is_scalar() && IsTemporal(written.correlation.type)) {
      written.rules = NamesIn(condition->scalar, condition->place);
      written.rule_places.assign(written.rules.size(), condition->place);
    }
    if (!written.rules.empty()) return {};
    return Fail("sigma-correlation-rules", "the correlation names no rules", node.place);
  }
  auto names = ReadTexts(*rules, "rules");
  if (!names) return Fail(names.error());
  if (names->empty())
    return Fail("sigma-correlation-rules", "the correlation names no rules", rules->place);
  written.rules = std::move(*names);
  for (size_t i = 0; i < written.rules.size(); ++i) {
    written.rule_places.push_back(rules->is_list() ? rules->items[i].place : rules->place);
    if (std::count(written.rules.begin(), written.rules.end(), written.rules[i]) > 1)
      return Fail("sigma-correlation-rules", fmt::format("'{}' is named twice", written.rules[i]),
                  written.rule_places[i]);
  }
  return {};
}

}  // namespace

Result<std::vector<TemporalStep>> CompileTemporal(std::string_view text, const Place& place,
                                                  const std::vector<std::string>& rules) {
  auto tokens = TokenizeCondition(text, place);
  if (!tokens) return Fail(tokens.error());
  return TemporalParser(std::move(*tokens), place, rules).Parse();
}

Result<WrittenCorrelation> ReadCorrelation(const Node& root, FieldNames& fields) {
  const Node& node = *root.Find("correlation");
  if (!node.is_map()) return Fail("sigma-correlation", "'correlation' must be a map", node.place);
  WrittenCorrelation written;
  Correlation& correlation = written.correlation;

  const Node* type = node.Find("type");
  if (type == nullptr)
    return Fail("sigma-correlation-type", "the correlation has no 'type'", node.place);
  if (const auto read = ReadType(*type, correlation.type); !read) return Fail(read.error());
  if (const auto read = ReadRules(node, written); !read) return Fail(read.error());

  const Node* timespan = node.Find("timespan");
  if (timespan == nullptr)
    return Fail("sigma-timespan", "the correlation has no 'timespan'", node.place);
  const auto span = ReadTimespan(*timespan, "timespan");
  if (!span) return Fail(span.error());
  correlation.timespan = *span;
  if (const Node* learn = node.Find("learn")) {
    const auto warm_up = ReadTimespan(*learn, "learn");
    if (!warm_up) return Fail(warm_up.error());
    correlation.warm_up = *warm_up;
  }

  if (const Node* group_by = node.Find("group-by"); group_by != nullptr && !group_by->is_null()) {
    auto names = ReadTexts(*group_by, "group-by");
    if (!names) return Fail(names.error());
    correlation.group_by = std::move(*names);
  }
  if (const Node* aliases = node.Find("aliases"); aliases != nullptr && !aliases->is_null()) {
    if (const auto read = ReadAliases(*aliases, written); !read) return Fail(read.error());
  }

  const Node* condition = node.Find("condition");
  if (condition == nullptr || condition->is_null()) {
    if (NeedsBound(correlation.type) || NeedsField(correlation.type)) {
      return Fail("sigma-correlation-condition",
                  fmt::format("{} needs a 'condition'", CorrelationTypeName(correlation.type)),
                  node.place);
    }
  } else if (const auto read = ReadCorrelationCondition(*condition, fields, written); !read) {
    return Fail(read.error());
  }

  // The specification puts it at the top, pySigma within.
  for (const Node* generate : {root.Find("generate"), node.Find("generate")}) {
    if (generate == nullptr || generate->is_null()) continue;
    const auto read = ReadGenerate(*generate);
    if (!read) return Fail(read.error());
    correlation.generate |= *read;
  }
  return written;
}

}  // namespace vedette::sigma
