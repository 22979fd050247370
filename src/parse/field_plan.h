// How one field of an event is filled from a record: where from, what counts as absent, which steps
// are taken.
//
//   std::optional<FieldSpec> spec = ReadFieldSpec("user", node, schema, faults);      // while content is loaded
//   FieldPlan plan{&*spec, paths};                                                    // of one form
//   Value value = EvaluateField(plan, record, arena);
//
// What is returned lives as long as the line, the spec and the arena. Immutable, thread-safe. Cost:
// a few instructions per path that is absent, some tens for a text that is taken as it is.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "content/node.h"
#include "event/event.h"
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
    kLower,
    kUpper,
    kTrim,
    kBasename,
    kDirname,
    kExtension,
    kStem,
    kUrlHost,
    kUrlPath,
    kUrlQuery,
    kUrlScheme,
    kMailDomain,
    kMailLocal,
    kShortHost,
    kHostDomain,
    kBefore,
    kAfter,
    kBeforeLast,
    kAfterLast,
    kNth,
    kUnquote,
    kStrip,
    kRegex,
    kNumber,
    kHex,
    kCount,
    kSplit,
  };
  Value ApplyText(std::string_view text, Arena& arena) const;

  Kind kind_ = Kind::kTrim;
  std::string argument_;
  int64_t index_ = 0;
  std::shared_ptr<const TextPattern> pattern_;
};

// A value that content states, with what it points to.
struct FieldConstant {
  std::string text;
  Value item;
  Value value;  // of the field's type; null: the field is taken away
};

// What a field says in YAML, before the form's root is known. What every record asks for comes
// first.
struct FieldSpec {
  FieldId field = kNoField;
  FieldType type = FieldType::kString;
  bool plain = true;  // nothing but `from` and `skip`
  bool all = false;
  uint64_t skip_sizes = 0;  // one bit for each length of such a word, the last for all longer ones
  std::vector<std::string> skip;      // lower case
  std::vector<int64_t> skip_numbers;  // those of `skip` that are whole numbers as we write them
  std::shared_ptr<const FieldConstant> constant;
  std::vector<TakeStep> take;
  std::vector<std::pair<std::string, std::string>> map;  // lower-case key -> value
  std::optional<std::string> map_default;
  std::vector<std::string> from;  // raw paths as written
  Place place;
};

// A field in one form of a parser, with the ids of its paths there: alternatives flattened in
// order.
struct FieldPlan {
  const FieldSpec* spec = nullptr;
  std::vector<PathId> paths;
};

// Reads `name: <spec>` of a parser's `fields`.
std::optional<FieldSpec> ReadFieldSpec(const std::string& name, const Node& node,
                                       const Schema& schema, Diagnostics& faults);

// The value for the field, of the type that the schema says, or null. Texts of the line stay views.
Value EvaluateField(const FieldPlan& plan, const Record& record, Arena& arena);

// Gives an event without fields all that have a value. `plans` are in order of field id.
void FillFields(const std::vector<FieldPlan>& plans, const Record& record, Arena& arena,
                Event* event);

// Words that always mean "absent".
bool IsAbsentWord(std::string_view text);

}  // namespace vedette
