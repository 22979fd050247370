// Readers of the parts of Sigma documents. Each returns what it read or the first fault of the
// document, with its place. Internal to the collection.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "content/node.h"
#include "core/diagnostics.h"
#include "core/result.h"
#include "sigma/modifiers.h"
#include "sigma/rule.h"

namespace vedette::sigma {

enum class DocumentKind { kRule, kFilter, kCorrelation };

// By the keys `correlation` and `filter`. An error for what is no map, and for the templates of
// old rule collections (`action`).
Result<DocumentKind> KindOf(const Node& root);

// What all documents carry. Warnings: levels and states that Sigma does not know.
Result<Metadata> ReadMetadata(const Node& root, Diagnostics& warnings);

Result<LogSource> ReadLogSource(const Node& root);

// Search identifiers and a condition over them. `skip` names keys that are neither.
struct Detection {
  std::vector<Identifier> identifiers;
  NodeId condition = kFalseNode;
};
Result<Detection> ReadDetection(const Node& detection, std::string_view what,
                                const std::vector<std::string_view>& skip,
                                const ItemContext& context, Diagnostics& warnings);

// A correlation as written: references are names still, and group-by fields wait for them.
struct WrittenCorrelation {
  Correlation correlation;
  std::vector<std::string> rules;
  std::vector<Place> rule_places;
  std::map<std::string, std::map<std::string, std::string>> aliases;  // alias, rule, field
  std::string expression;  // of a temporal type; empty unless the condition is text
  Place expression_place;
};
Result<WrittenCorrelation> ReadCorrelation(const Node& root, FieldNames& fields);

// Compiles `a and not b` over the names of `rules`.
Result<std::vector<TemporalStep>> CompileTemporal(std::string_view text, const Place& place,
                                                  const std::vector<std::string>& rules);

// A list of texts, or one text. `what` is for messages.
Result<std::vector<std::string>> ReadTexts(const Node& node, std::string_view what);

}  // namespace vedette::sigma
