// How one field of an event is filled from a record: where from, what counts as absent, which steps are taken.
//
//   FieldPlan plan = …(parser_spec.h);
//   Value value = plan.Evaluate(record, paths, arena);
//
// Values that are kept are copied to the arena. Immutable, thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/node.h"
#include "event/schema.h"
#include "parse/record.h"
#include "parse/text_pattern.h"

namespace vedette {

// One `take` step.
class TakeStep {
 public:
  // "lower", "before:X", "regex:PATTERN" …; docs/content.md lists them.
  static Result<TakeStep> Parse(std::string_view text);

  // Null when the step finds nothing. Texts may go to the arena.
  Value Apply(const Value& value, Arena& arena) const;

 private:
  enum class Kind {
    kLower, kUpper, kTrim, kBasename, kDirname, kExtension, kStem, kUrlHost, kUrlPath, kUrlQuery, kUrlScheme, kMailDomain,
    kMailLocal, kShortHost, kHostDomain, kBefore, kAfter, kBeforeLast, kAfterLast, kNth, kUnquote, kStrip, kRegex, kNumber,
    kHex, kCount, kSplit,
  };
  Value ApplyText(std::string_view text, Arena& arena) const;

  Kind kind_ = Kind::kTrim;
  std::string argument_;
  int64_t index_ = 0;
  std::shared_ptr<const TextPattern> pattern_;
};

// What a field says in YAML, before the form's root is known.
struct FieldSpec {
  FieldId field = kNoField;
  FieldType type = FieldType::kString;
  Place place;
  std::vector<std::string> from;              // raw paths as written
  std::optional<std::string> constant;
  std::vector<std::string> skip;              // lower case
  std::vector<TakeStep> take;
  std::vector<std::pair<std::string, std::string>> map;  // lower-case key -> value
  std::optional<std::string> map_default;
  bool all = false;
};

// Reads `name: <spec>` of a parser's `fields`.
std::optional<FieldSpec> ReadFieldSpec(const std::string& name, const Node& node, const Schema& schema, Diagnostics& faults);

// The value for the field, of the type that the schema says, or null. `paths` are the ids of `from`, alternatives flattened in order.
Value EvaluateField(const FieldSpec& spec, const std::vector<PathId>& paths, const Record& record, Arena& arena);

// Words that always mean "absent".
bool IsAbsentWord(std::string_view text);

}  // namespace vedette
